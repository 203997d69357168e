//! The faces that one typesetter sets text in, and in which order a character looks for its glyph.

use std::borrow::Cow;

use parley::FontContext;
use parley::fontique::{Collection, CollectionOptions, FontInfoOverride};

use super::fonts::{FAMILIES, FontFile, bundled_blobs};

/// Bundled faces first, then those of files that were given.
pub(super) struct FontStack {
    context: FontContext,
    /// The families after the bundled ones.
    extra: Vec<String>,
}

impl FontStack {
    pub(super) fn new(files: &[FontFile]) -> Self {
        let collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let context = FontContext { collection, ..FontContext::default() };
        let mut stack = Self { context, extra: Vec::new() };
        for blob in bundled_blobs() {
            stack.context.collection.register_fonts(blob.clone(), None);
        }
        for file in files {
            let families = stack.register(file);
            stack.extra.extend(families);
        }
        stack
    }

    /// Returns the context in which `parley` finds the families by name.
    pub(super) fn context(&mut self) -> &mut FontContext {
        &mut self.context
    }

    /// Returns the families in the order in which they are asked for a character.
    pub(super) fn families(&self) -> Vec<Cow<'static, str>> {
        let bundled = FAMILIES.iter().map(|family| Cow::Borrowed(*family));
        bundled.chain(self.extra.iter().cloned().map(Cow::Owned)).collect()
    }

    /// Makes the families of a file known and returns their names in the order of the file.
    ///
    /// A family with the name of one that is known already is renamed: faces of one name would be mixed, and a
    /// bundled face has to stay what it is.
    fn register(&mut self, file: &FontFile) -> Vec<String> {
        let names = file.family_names();
        let collection = &mut self.context.collection;
        if names.iter().all(|name| collection.family_id(name).is_none()) {
            collection.register_fonts(file.blob.clone(), None);
            return names;
        }
        let name = format!("{} ({})", names.first().map_or("", String::as_str), file.blob.id());
        let renamed = FontInfoOverride { family_name: Some(&name), ..FontInfoOverride::default() };
        collection.register_fonts(file.blob.clone(), Some(renamed));
        vec![name]
    }
}
