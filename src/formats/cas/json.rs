//! UIMA CAS JSON 0.4: an object for each structure, with the types in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::super::exchange::{
    Export, ExportError, ExportOptions, ImportError, ImportFile, ImportOptions, ImportedArticle, Losses,
    Output, Reader, Writer, schema_features,
};
use super::build::{SOFA, build};
use super::interpret::interpret;
use super::types::types;
use super::{Cas, FRAGMENT, Sofa, Structure, Value};
use crate::text::shortened_to;
use crate::text::{MAX_ARTICLE_BYTES, shortened};

/// What reads the format.
pub(in crate::formats) const READER: Reader = Reader::File { extensions: &["json"], read };

/// The most chars of what the parser says.
const MESSAGE_CHARS: usize = 200;

const HINT: &str = "export the file anew as UIMA CAS JSON 0.4";

/// Returns what writes an export.
pub(in crate::formats) fn writer(_: ExportOptions) -> Box<dyn Writer> {
    Box::new(JsonWriter)
}

/// Writes a file for each article.
struct JsonWriter;

/// A file; UIMA reads the types before the structures.
#[derive(Serialize)]
struct File {
    #[serde(rename = "%TYPES")]
    types: Map<String, Json>,
    #[serde(rename = "%FEATURE_STRUCTURES")]
    structures: Vec<Json>,
    #[serde(rename = "%VIEWS")]
    views: Map<String, Json>,
}

impl Writer for JsonWriter {
    fn article(
        &mut self,
        export: &Export<'_>,
        output: &mut Output,
        _losses: &mut Losses,
    ) -> Result<(), ExportError> {
        let mut names = schema_features(export.schema).into_iter().collect();
        let cas = build(export, &mut names);
        let file = File { types: type_objects(&names), structures: structures(&cas), views: views(&cas) };
        let text = serde_json::to_string_pretty(&file).map_err(|error| ExportError::Article {
            name: export.name.to_owned(),
            message: error.to_string(),
        })?;
        output.append(format!("{}.json", export.name), (text + "\n").as_bytes());
        Ok(())
    }
}

fn type_objects(names: &BTreeSet<String>) -> Map<String, Json> {
    let object = |def: super::types::TypeDef| {
        let mut object = Map::new();
        object.insert("%NAME".to_owned(), def.name.into());
        object.insert("%SUPER_TYPE".to_owned(), def.parent.into());
        for feature in def.features {
            let range =
                feature.element.map_or_else(|| feature.range.to_owned(), |element| format!("{element}[]"));
            object.insert(feature.name.clone(), json!({"%NAME": feature.name, "%RANGE": range}));
        }
        (def.name.to_owned(), Json::Object(object))
    };
    types(names).into_iter().map(object).collect()
}

fn structures(cas: &Cas) -> Vec<Json> {
    let sofa = |(id, sofa): (&u64, &Sofa)| {
        json!({"%ID": id, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": sofa.name, "mimeType": "text",
               "sofaString": sofa.text})
    };
    let mut objects: Vec<Json> = cas.sofas.iter().map(sofa).collect();
    let mut arrays = cas.structures.keys().last().map_or(SOFA, |last| *last) + 1..;
    let mut lists = Vec::new();
    for (id, structure) in &cas.structures {
        let mut object = Map::new();
        object.insert("%ID".to_owned(), (*id).into());
        object.insert("%TYPE".to_owned(), structure.type_name.as_str().into());
        if let Some((sofa, start, end)) = structure.place {
            object.insert("@sofa".to_owned(), sofa.into());
            object.insert("begin".to_owned(), start.into());
            object.insert("end".to_owned(), end.into());
        }
        for (name, value) in &structure.features {
            let (name, value) = match value {
                Value::Text(text) => (name.clone(), text.as_str().into()),
                Value::Ref(id) => (format!("@{name}"), (*id).into()),
                Value::Refs(ids) => {
                    let array = arrays.next().unwrap_or_default();
                    lists.push(json!({"%ID": array, "%TYPE": format!("{FRAGMENT}[]"), "%ELEMENTS": ids}));
                    (format!("@{name}"), Json::from(array))
                }
            };
            object.insert(name, value);
        }
        objects.push(Json::Object(object));
    }
    objects.extend(lists);
    objects
}

fn views(cas: &Cas) -> Map<String, Json> {
    let view = |(id, sofa): (&u64, &Sofa)| {
        let members: Vec<u64> = cas.members.get(id).into_iter().flatten().copied().collect();
        (sofa.name.clone(), json!({"%SOFA": id, "%MEMBERS": members}))
    };
    cas.sofas.iter().map(view).collect()
}

fn read(
    file: &ImportFile<'_>,
    options: &ImportOptions<'_>,
    sink: &mut dyn FnMut(Result<ImportedArticle, ImportError>),
) -> Result<(), ImportError> {
    let bytes = file.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file.bytes);
    let json: Json = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let message = error.to_string();
        let tail = format!(" at line {} column {}", error.line(), error.column());
        ImportError::new(
            place,
            shortened_to(message.strip_suffix(&tail).unwrap_or(&message), MESSAGE_CHARS),
            "the file is no JSON: export it anew",
        )
    })?;
    let cas = cas(&json)?;
    let name = file.name.strip_suffix(".json").unwrap_or(file.name);
    sink(interpret(&cas, name, options));
    Ok(())
}

fn error(place: &str, message: impl Into<String>) -> ImportError {
    ImportError::new(place, message, HINT)
}

/// Returns the structures of a file.
fn cas(json: &Json) -> Result<Cas, ImportError> {
    const STRUCTURES: &str = "%FEATURE_STRUCTURES";
    let mut cas = Cas::default();
    let objects: Vec<(Option<u64>, String, &Json)> = match json.get(STRUCTURES) {
        Some(Json::Array(objects)) => (0..)
            .zip(objects)
            .map(|(n, object): (usize, _)| (None, format!("{STRUCTURES}[{n}]"), object))
            .collect(),
        Some(Json::Object(objects)) => objects
            .iter()
            .map(|(id, object)| (id.parse().ok(), format!("{STRUCTURES}.{}", shortened(id)), object))
            .collect(),
        _ => return Err(error(STRUCTURES, "there is no list of structures")),
    };
    for (id, place, object) in objects {
        let Some(fields) = object.as_object() else { return Err(error(&place, "it is no object")) };
        let id = id.or_else(|| fields.get("%ID").and_then(Json::as_u64));
        let id = id.ok_or_else(|| error(&place, "it has no `%ID` that is a number from 0 on"))?;
        let type_name = fields.get("%TYPE").and_then(Json::as_str);
        let type_name = type_name.ok_or_else(|| error(&place, "it has no `%TYPE`"))?;
        if type_name == "uima.cas.Sofa" {
            let text = |name: &str| fields.get(name).and_then(Json::as_str).map(str::to_owned);
            let sofa = Sofa { name: text("sofaID").unwrap_or_default(), text: text("sofaString") };
            if sofa.text.as_ref().is_some_and(|text| text.len() as u64 > MAX_ARTICLE_BYTES) {
                return Err(error(&place, format!("the text has more than {MAX_ARTICLE_BYTES} bytes")));
            }
            cas.sofas.insert(id, sofa);
        } else {
            cas.structures.insert(id, structure(type_name, fields));
        }
    }
    for (name, view) in json.get("%VIEWS").and_then(Json::as_object).into_iter().flatten() {
        let place = format!("%VIEWS.{}", shortened(name));
        let sofa = view.get("%SOFA").and_then(Json::as_u64);
        let sofa = sofa.or_else(|| cas.sofas.iter().find(|(_, sofa)| sofa.name == *name).map(|(id, _)| *id));
        let members = view.get("%MEMBERS").and_then(Json::as_array);
        let members = members.ok_or_else(|| error(&place, "it has no list `%MEMBERS`"))?;
        if let Some(sofa) = sofa {
            cas.members.entry(sofa).or_default().extend(members.iter().filter_map(Json::as_u64));
        }
    }
    Ok(cas)
}

/// Returns a structure of an object.
fn structure(type_name: &str, fields: &Map<String, Json>) -> Structure {
    let number = |name: &str| fields.get(name).and_then(Json::as_u64);
    let offset = |name: &str| number(name).and_then(|at| u32::try_from(at).ok());
    let place = match (number("@sofa"), offset("begin"), offset("end")) {
        (Some(sofa), Some(start), Some(end)) => Some((sofa, start, end)),
        _ => None,
    };
    let mut features = BTreeMap::new();
    for (name, value) in fields {
        let ids = |value: &Json| value.as_array().map(|ids| ids.iter().filter_map(Json::as_u64).collect());
        if name == "%ELEMENTS" {
            features.extend(ids(value).map(|ids| ("elements".to_owned(), Value::Refs(ids))));
        } else if let Some(name) = name.strip_prefix('@') {
            features.extend(
                value.as_u64().filter(|_| name != "sofa").map(|id| (name.to_owned(), Value::Ref(id))),
            );
        } else if !name.starts_with('%') && !["begin", "end"].contains(&name.as_str()) {
            let text = match value {
                Json::Null => continue,
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            features.insert(name.trim_start_matches(['#', '^']).to_owned(), Value::Text(text));
        }
    }
    Structure { type_name: type_name.to_owned(), place, features }
}
