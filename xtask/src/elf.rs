//! What must not be in a freestanding program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use object::elf::{FileHeader32, FileHeader64, PT_DYNAMIC, PT_INTERP};
use object::read::elf::{FileHeader, ProgramHeader, Sym};
use object::{Endianness, FileKind, Object, ObjectSymbol, SymbolIndex};

/// What the panics of `core` leave in a file: their messages, and the paths of the sources.
const PANIC_TEXT: [&str; 7] =
    ["panicked", "attempt to ", "out of bounds: the len", "out of range for slice", "called `", "/rustc/", ".rs"];

/// Checks that the kernel can run the file without an interpreter or library, and that the file cannot panic. Returns
/// its size in bytes.
pub fn freestanding(path: &Path) -> Result<usize> {
    let data = fs::read(path)?;
    let found = match FileKind::parse(&*data)? {
        FileKind::Elf32 => unwanted::<FileHeader32<Endianness>>(&data),
        FileKind::Elf64 => unwanted::<FileHeader64<Endianness>>(&data),
        kind => bail!("{}: {kind:?}", path.display()),
    };
    let found = found.with_context(|| path.display().to_string())?;
    ensure!(found.is_empty(), "{}:\n    {}", path.display(), found.join("\n    "));
    Ok(data.len())
}

/// The bytes of these functions together. Functions at one address count once.
pub fn functions(path: &Path, names: &[&str]) -> Result<u64> {
    let data = fs::read(path)?;
    let file = object::File::parse(&*data).with_context(|| path.display().to_string())?;
    let mut sizes = BTreeMap::new();
    for name in names {
        let symbol = file.symbol_by_name(name).with_context(|| format!("{}: no function {name}", path.display()))?;
        ensure!(symbol.size() > 0, "{}: the function {name} has no size", path.display());
        sizes.insert(symbol.address(), symbol.size());
    }
    Ok(sizes.values().sum())
}

fn unwanted<Elf: FileHeader<Endian = Endianness>>(data: &[u8]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    for segment in header.program_headers(endian, data)? {
        match segment.p_type(endian) {
            PT_INTERP => found.push("an interpreter (PT_INTERP)".to_owned()),
            PT_DYNAMIC => found.push("dynamic linking (PT_DYNAMIC)".to_owned()),
            _ => {}
        }
    }
    let symbols = header.sections(endian, data)?.symbols(endian, data, object::elf::SHT_SYMTAB)?;
    ensure!(!symbols.is_empty(), "stripped: its symbols cannot be checked");
    for (index, symbol) in symbols.enumerate() {
        let name = String::from_utf8_lossy(symbol.name(endian, symbols.strings())?);
        // The first symbol of every table is empty and undefined.
        if index != SymbolIndex(0) && symbol.is_undefined(endian) {
            found.push(format!("the undefined symbol {name}"));
        }
        if name.contains("panicking") {
            found.push(format!("the panic machinery: {name}"));
        }
    }
    for text in PANIC_TEXT {
        if let Some(at) = data.windows(text.len()).position(|window| window == text.as_bytes()) {
            let around = &data[at.saturating_sub(40)..data.len().min(at + 40)];
            found.push(format!("panic text at {at:#x}: {}", around.escape_ascii()));
        }
    }
    Ok(found)
}
