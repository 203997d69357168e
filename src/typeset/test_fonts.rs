//! Fonts made in memory for tests: each character a box of one em, 1,000 units an em.

type Table = ([u8; 4], Vec<u8>);

/// Returns a collection whose n-th font is of the family `Test n` and has the n-th character.
pub(super) fn collection(characters: &[char]) -> Vec<u8> {
    let header = 12 + 4 * characters.len();
    let (mut offsets, mut body) = (Vec::new(), Vec::new());
    for (n, c) in characters.iter().enumerate() {
        offsets.push(count(header + body.len()));
        let font = font_at(&tables(&format!("Test {n}"), &[*c]), header + body.len());
        body.extend(font);
    }
    let mut file = b"ttcf".to_vec();
    push32(&mut file, &[0x0001_0000, count(characters.len())]);
    push32(&mut file, &offsets);
    file.extend(body);
    file
}

/// Returns a font of a family that has some characters, with tables of its own beside those that every font has.
pub(super) fn font(family: &str, characters: &[char], own: &[Table]) -> Vec<u8> {
    let mut tables = tables(family, characters);
    tables.extend(own.iter().cloned());
    tables.sort();
    font_at(&tables, 0)
}

/// The file of sorted tables, which stands at an offset of a collection.
fn font_at(tables: &[Table], base: usize) -> Vec<u8> {
    let mut file = Vec::new();
    push32(&mut file, &[0x0001_0000]);
    push16(&mut file, &[short(tables.len()), 0, 0, 0]);
    let mut offset = base + 12 + 16 * tables.len();
    for (tag, table) in tables {
        file.extend(tag);
        push32(&mut file, &[0, count(offset), count(table.len())]);
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

fn tables(family: &str, characters: &[char]) -> Vec<Table> {
    let glyphs = short(characters.len() + 1);
    let (mut cmap, mut glyf, mut loca) = (Vec::new(), Vec::new(), vec![0_u16]);
    push16(&mut cmap, &[0, 1, 3, 10]);
    push32(&mut cmap, &[12]);
    push16(&mut cmap, &[12, 0]);
    push32(&mut cmap, &[count(16 + 12 * characters.len()), 0, count(characters.len())]);
    let mut sorted: Vec<(u32, u32)> = characters.iter().map(|c| u32::from(*c)).zip(1..).collect();
    sorted.sort_unstable();
    for (c, glyph) in sorted {
        push32(&mut cmap, &[c, c, glyph]);
    }
    for _ in 0..glyphs {
        // One contour: the corners of the box (100, 0)..(900, 800).
        push16(&mut glyf, &[1, 100, 0, 900, 800, 3, 0]);
        glyf.extend([1, 1, 1, 1]);
        push16(&mut glyf, &[100, 800, 0, 0_u16.wrapping_sub(800), 0, 0, 800, 0]);
        loca.push(short(glyf.len() / 2));
    }
    let mut head = Vec::new();
    push16(&mut head, &[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000]);
    head.resize(36, 0);
    push16(&mut head, &[0, 0, 1000, 1000, 0, 8, 2, 0, 0]);
    let mut hhea = Vec::new();
    push16(&mut hhea, &[1, 0, 800, 0_u16.wrapping_sub(200), 0, 1000]);
    hhea.resize(34, 0);
    push16(&mut hhea, &[glyphs]);
    let hmtx = (0..glyphs).flat_map(|_| [1000_u16, 0]).collect::<Vec<_>>();
    let mut maxp = Vec::new();
    push16(&mut maxp, &[1, 0, glyphs]);
    maxp.resize(32, 0);
    let name_units: Vec<u16> = family.encode_utf16().collect();
    let name = [vec![0, 1, 18, 3, 1, 0x0409, 1, short(2 * name_units.len()), 0], name_units].concat();
    [(*b"cmap", cmap), (*b"glyf", glyf), (*b"head", head), (*b"hhea", hhea), (*b"hmtx", words(&hmtx))]
        .into_iter()
        .chain([(*b"loca", words(&loca)), (*b"maxp", maxp), (*b"name", words(&name))])
        .collect()
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// Appends 16-bit numbers.
pub(super) fn push16(table: &mut Vec<u8>, values: &[u16]) {
    table.extend(words(values));
}

/// Appends 32-bit numbers.
pub(super) fn push32(table: &mut Vec<u8>, values: &[u32]) {
    table.extend(values.iter().flat_map(|value| value.to_be_bytes()));
}

fn count(value: usize) -> u32 {
    u32::try_from(value).expect("a test font is small")
}

fn short(value: usize) -> u16 {
    u16::try_from(value).expect("a test font is small")
}
