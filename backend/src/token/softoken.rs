//! NSS's softoken as a PKCS#11 library: loading it, and the two calls that cryptoki cannot make.
#![expect(unsafe_code, reason = "softoken takes its parameters through a pointer, and two PKCS#11 calls go past cryptoki")]

use std::{
    ffi::CString,
    path::{Path, PathBuf},
    ptr::NonNull,
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11},
    object::ObjectHandle,
    session::Session,
};
use cryptoki_sys::{
    CK_ATTRIBUTE, CK_ATTRIBUTE_TYPE, CK_FUNCTION_LIST, CK_MECHANISM, CK_RV, CK_ULONG, CK_UNAVAILABLE_INFORMATION, CKM_AES_CBC_PAD,
    CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_OK,
};
use zeroize::Zeroizing;

use super::{error::TokenError, refusal};

/// Where distributions keep the library; Debian's `nss` subdirectory is of older releases.
const DIRECTORIES: [&str; 9] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu/nss",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu/nss",
    "/usr/lib64",
    "/usr/lib64/nss",
    "/usr/lib",
    "/usr/lib/nss",
    "/usr/local/lib",
];

const FILE_NAME: &str = "libsoftokn3.so";

/// No database yet: databases are opened as slots of their own.
const PARAMETERS: &str = "configdir='' certPrefix='' keyPrefix='' secmod='' flags=readOnly,noCertDB,noModDB,forceOpen,optimizeSpace \
                          updatedir='' updateCertPrefix='' updateKeyPrefix='' updateid='' updateTokenDescription=''";

/// The loaded and initialised library: softoken, or that of another module.
pub(crate) struct Softoken {
    context: Pkcs11,
    functions: CK_FUNCTION_LIST,
    /// Keeps the functions where they are.
    _library: cryptoki_sys::Pkcs11,
    version: (u8, u8),
    path: PathBuf,
    nss: bool,
}

impl Softoken {
    /// Finds and loads the library.
    pub(crate) fn load(wanted: Option<&Path>) -> Result<Self, TokenError> {
        let path = locate(wanted)?;
        let context = Pkcs11::new(&path).map_err(|error| TokenError::unusable(format!("{} cannot be loaded: {error}", path.display())))?;
        let parameters = CString::new(PARAMETERS).map_err(|error| TokenError::unusable(error.to_string()))?;
        let pointer = NonNull::new(parameters.as_ptr().cast_mut().cast()).ok_or_else(|| TokenError::unusable("no parameters"))?;
        // SAFETY: softoken reads a NUL-terminated string where the standard has pReserved, and copies it before C_Initialize returns;
        // `parameters` lives until then.
        let arguments = unsafe { CInitializeArgs::new_with_reserved(CInitializeFlags::OS_LOCKING_OK, pointer) };
        context
            .initialize(arguments)
            .map_err(|error| TokenError::unusable(format!("{} cannot be initialised: {error}", path.display())))?;
        Self::initialised(context, &path, true)
    }

    /// Loads the library of another module. What is to be handed to it goes where softoken takes its parameters, as NSS does it.
    pub(crate) fn load_module(path: &Path, parameters: Option<&str>) -> Result<Self, TokenError> {
        let unusable = |reason: String| TokenError::ModuleUnusable { reason };
        let context = Pkcs11::new(path).map_err(|error| unusable(format!("{} cannot be loaded: {error}", path.display())))?;
        let text = parameters.map(CString::new).transpose().map_err(|error| unusable(error.to_string()))?;
        let pointer = text.as_ref().and_then(|text| NonNull::new(text.as_ptr().cast_mut().cast()));
        let arguments = match pointer {
            // SAFETY: a NUL-terminated string that lives until C_Initialize has returned, which is as long as NSS keeps its own.
            Some(pointer) => unsafe { CInitializeArgs::new_with_reserved(CInitializeFlags::OS_LOCKING_OK, pointer) },
            None => CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK),
        };
        context.initialize(arguments).map_err(|error| unusable(format!("{} cannot be initialised: {error}", path.display())))?;
        Self::initialised(context, path, false)
    }

    fn initialised(context: Pkcs11, path: &Path, nss: bool) -> Result<Self, TokenError> {
        let version = context.get_library_info().map_err(|error| refusal::of(&error))?.library_version();
        let (library, functions) = function_list(path)?;
        let version = (version.major(), version.minor());
        Ok(Self { context, functions, _library: library, version, path: path.to_owned(), nss })
    }

    /// Whether it is softoken, which knows NSS's own attributes.
    pub(crate) fn is_nss(&self) -> bool {
        self.nss
    }

    /// The cryptoki context.
    pub(crate) fn context(&self) -> &Pkcs11 {
        &self.context
    }

    /// Where it was loaded from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Version, `3.87`.
    pub(crate) fn version(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    /// Whether it knows the object class `CKO_TRUST` of PKCS#11 3.2 and signs its attributes.
    pub(crate) fn knows_standard_trust(&self) -> bool {
        self.nss && (self.version >= (3, 114) || self.context.is_fn_supported(Function::EncapsulateKey))
    }

    /// Values of attributes, of any number: cryptoki refuses numbers it does not know. `None` where the object has no such attribute,
    /// or does not give it away.
    pub(crate) fn attributes(&self, session: &Session, object: ObjectHandle, kinds: &[u64]) -> Result<Vec<Option<Vec<u8>>>, TokenError> {
        let get = self.functions.C_GetAttributeValue.ok_or_else(|| missing("C_GetAttributeValue"))?;
        let mut template = kinds
            .iter()
            .map(|kind| {
                Ok(CK_ATTRIBUTE { type_: CK_ATTRIBUTE_TYPE::try_from(*kind).map_err(number)?, pValue: std::ptr::null_mut(), ulValueLen: 0 })
            })
            .collect::<Result<Vec<_>, TokenError>>()?;
        let count = CK_ULONG::try_from(template.len()).map_err(number)?;
        // SAFETY: the template has `count` entries, whose NULL pointers ask for lengths only.
        let asked = unsafe { get(session.handle(), object.handle(), template.as_mut_ptr(), count) };
        tolerate_absence(asked)?;
        let mut values = template
            .iter()
            .map(|entry| {
                if entry.ulValueLen == CK_UNAVAILABLE_INFORMATION {
                    Ok(None)
                } else {
                    usize::try_from(entry.ulValueLen).map(|length| Some(vec![0; length]))
                }
            })
            .collect::<Result<Vec<Option<Vec<u8>>>, _>>()
            .map_err(number)?;
        let mut positions = Vec::with_capacity(values.len());
        let mut present = Vec::with_capacity(values.len());
        for (position, value) in values.iter_mut().enumerate() {
            if let Some(octets) = value {
                positions.push(position);
                present.push(CK_ATTRIBUTE {
                    type_: template[position].type_,
                    pValue: octets.as_mut_ptr().cast(),
                    ulValueLen: template[position].ulValueLen,
                });
            }
        }
        let count = CK_ULONG::try_from(present.len()).map_err(number)?;
        // SAFETY: each entry points to a vector of the length it states, and the vectors outlive the call.
        let filled = unsafe { get(session.handle(), object.handle(), present.as_mut_ptr(), count) };
        tolerate_absence(filled)?;
        for (entry, position) in present.iter().zip(positions) {
            if entry.ulValueLen == CK_UNAVAILABLE_INFORMATION {
                values[position] = None;
            } else if let Some(octets) = &mut values[position] {
                octets.truncate(usize::try_from(entry.ulValueLen).map_err(number)?);
            }
        }
        Ok(values)
    }

    /// Wraps a private key with AES-CBC-PAD. cryptoki's own `wrap_key` keeps the length of the first call, which softoken rounds up.
    pub(crate) fn wrap(
        &self,
        session: &Session,
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        initialization_vector: &mut [u8; 16],
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        let wrap = self.functions.C_WrapKey.ok_or_else(|| missing("C_WrapKey"))?;
        let mut mechanism =
            CK_MECHANISM { mechanism: CKM_AES_CBC_PAD, pParameter: initialization_vector.as_mut_ptr().cast(), ulParameterLen: 16 };
        let mut length: CK_ULONG = 0;
        // SAFETY: the mechanism points to 16 octets that outlive both calls; a NULL buffer asks for the length.
        let asked = unsafe {
            wrap(session.handle(), &raw mut mechanism, wrapping_key.handle(), key.handle(), std::ptr::null_mut(), &raw mut length)
        };
        refusal::check(asked, "C_WrapKey")?;
        let mut octets = Zeroizing::new(vec![0; usize::try_from(length).map_err(number)?]);
        // SAFETY: the buffer has `length` octets.
        let wrapped = unsafe {
            wrap(session.handle(), &raw mut mechanism, wrapping_key.handle(), key.handle(), octets.as_mut_ptr(), &raw mut length)
        };
        refusal::check(wrapped, "C_WrapKey")?;
        octets.truncate(usize::try_from(length).map_err(number)?);
        Ok(octets)
    }
}

fn tolerate_absence(value: CK_RV) -> Result<(), TokenError> {
    if matches!(value, CKR_OK | CKR_ATTRIBUTE_SENSITIVE | CKR_ATTRIBUTE_TYPE_INVALID) {
        return Ok(());
    }
    refusal::check(value, "C_GetAttributeValue")
}

fn number(error: impl std::fmt::Display) -> TokenError {
    TokenError::unusable(format!("a PKCS#11 number is out of range: {error}"))
}

fn missing(function: &str) -> TokenError {
    TokenError::unusable(format!("the PKCS#11 library has no {function}"))
}

fn function_list(path: &Path) -> Result<(cryptoki_sys::Pkcs11, CK_FUNCTION_LIST), TokenError> {
    // SAFETY: the library is loaded and initialised already; this takes another reference to the same copy.
    let library =
        unsafe { cryptoki_sys::Pkcs11::new(path) }.map_err(|error| TokenError::unusable(format!("{}: {error}", path.display())))?;
    if library.C_GetFunctionList.is_err() {
        return Err(missing("C_GetFunctionList"));
    }
    let mut list = std::ptr::null_mut();
    // SAFETY: the symbol is there, and `list` receives a pointer to a structure that is static in the library.
    let answer = unsafe { library.C_GetFunctionList(&raw mut list) };
    refusal::check(answer, "C_GetFunctionList")?;
    if list.is_null() {
        return Err(missing("function list"));
    }
    // SAFETY: not NULL, and valid for as long as the library stays loaded, which `library` sees to.
    Ok((library, unsafe { *list }))
}

fn locate(wanted: Option<&Path>) -> Result<PathBuf, TokenError> {
    if let Some(path) = wanted {
        if path.is_file() {
            return Ok(path.to_owned());
        }
        return Err(TokenError::unusable(format!("{} is not there; it was given as NSS's softoken library", path.display())));
    }
    DIRECTORIES.iter().map(|directory| Path::new(directory).join(FILE_NAME)).find(|path| path.is_file()).ok_or_else(|| {
        TokenError::unusable(format!(
            "{FILE_NAME} is in none of {}; install NSS (libnss3) or set CERTDECK_SOFTOKEN",
            DIRECTORIES.join(", ")
        ))
    })
}
