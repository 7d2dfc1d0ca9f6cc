//! The list of PKCS#11 modules as softoken itself reads it: pkcs11.txt, or secmod.db of the old format.
//!
//! Only its reading function is used: adding and deleting match names by their beginnings. Read as `sql:` where there is no pkcs11.txt yet,
//! softoken makes one from secmod.db, which is how modules are converted.
#![expect(unsafe_code, reason = "NSC_ModuleDBFunc is not among the functions of PKCS#11: it is found by name and speaks C strings")]

use std::ffi::{CStr, CString, c_char, c_ulong, c_void};
use std::path::Path;

use certdeck_shared::api::conversion::ListedModule;
use certdeck_shared::api::database::DatabaseFormat;

use super::error::TokenError;
use super::files::DatabaseFiles;

/// `SECMOD_MODULE_DB_FUNCTION_FIND` and `SECMOD_MODULE_DB_FUNCTION_RELEASE` of NSS's secmodt.h.
const FIND: c_ulong = 0;
const RELEASE: c_ulong = 3;

/// `char **NSC_ModuleDBFunc(unsigned long function, char *parameters, void *args)`.
type ModuleDatabase = unsafe extern "C" fn(c_ulong, *mut c_char, *mut c_void) -> *mut *mut c_char;

/// The modules of a database, NSS's own first.
pub(crate) fn modules(library: &Path, files: &DatabaseFiles) -> Result<Vec<ListedModule>, TokenError> {
    let (kind, flags) = match files.format() {
        DatabaseFormat::Sql => ("sql", ""),
        DatabaseFormat::Dbm => ("dbm", "readOnly"),
    };
    let (directory, prefixes) = (files.directory().display(), files.prefixes());
    let parameters = format!("configdir='{kind}:{directory}' {prefixes} secmod='secmod.db' flags={flags}");
    let specifications = find(library, &parameters).map_err(|error| TokenError::unusable(format!("the list of modules: {error}")))?;
    Ok(specifications
        .iter()
        .map(|text| ListedModule { name: value(text, "name").unwrap_or_default(), library: value(text, "library").unwrap_or_default() })
        .collect())
}

fn find(library: &Path, parameters: &str) -> Result<Vec<String>, String> {
    let mut parameters = CString::new(parameters).map_err(|error| error.to_string())?.into_bytes_with_nul();
    // SAFETY: softoken is loaded and initialised already; this takes another reference to the same copy and runs no initialiser.
    let library = unsafe { libloading::Library::new(library) }.map_err(|error| error.to_string())?;
    // SAFETY: NSS has exported the function with this signature since 3.4; the symbol is not used after `library` is dropped.
    let call = unsafe { library.get::<ModuleDatabase>(b"NSC_ModuleDBFunc\0") }.map_err(|error| error.to_string())?;
    // SAFETY: the parameters are a NUL-terminated string that outlives the call; FIND takes no arguments.
    let list = unsafe { call(FIND, parameters.as_mut_ptr().cast(), std::ptr::null_mut()) };
    if list.is_null() {
        return Err("softoken cannot read it".to_owned());
    }
    let mut found = Vec::new();
    // SAFETY: the list is an array of NUL-terminated strings that ends with a NULL pointer.
    unsafe {
        let mut entry = list;
        while !(*entry).is_null() {
            found.push(CStr::from_ptr(*entry).to_string_lossy().into_owned());
            entry = entry.add(1);
        }
        // SAFETY: the list came from FIND and is not used afterwards.
        call(RELEASE, parameters.as_mut_ptr().cast(), list.cast());
    }
    Ok(found)
}

/// The value of a name in `library="…" name=… parameters='…'`: bare up to a blank, or quoted with backslash escapes.
fn value(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = one_value(after);
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start();
    }
    None
}

fn one_value(text: &str) -> (String, &str) {
    let closing = match text.chars().next() {
        Some('"') => '"',
        Some('\'') => '\'',
        Some('(') => ')',
        Some('{') => '}',
        Some('[') => ']',
        Some('<') => '>',
        _ => {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            return (text.get(..end).unwrap_or_default().to_owned(), text.get(end..).unwrap_or_default());
        }
    };
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((position, letter)) = letters.next() {
        if letter == closing {
            return (value, text.get(position + letter.len_utf8()..).unwrap_or_default());
        }
        value.push(if letter == '\\' { letters.next().map_or(letter, |(_, next)| next) } else { letter });
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn names_and_libraries_are_found_in_any_quoting() {
        let cases = [
            ("library=/usr/lib/x.so name=SoftHSM  ", "SoftHSM", "/usr/lib/x.so"),
            (r#"library= name="NSS Internal PKCS #11 Module" NSS="slotParams={0x1=[askpw=any ] }""#, "NSS Internal PKCS #11 Module", ""),
            (r#"library="/a b/c.so" parameters='name=no' name="a \"card\"""#, "a \"card\"", "/a b/c.so"),
            (r#" name="Card" NSS="Flags=internal" "#, "Card", ""),
        ];
        for (text, name, library) in cases {
            assert_eq!(value(text, "name").as_deref(), Some(name), "{text}");
            assert_eq!(value(text, "library").unwrap_or_default(), library, "{text}");
        }
    }
}
