//! NSS's softoken as a PKCS#11 library: finding and loading it, or the library of another module.
#![expect(unsafe_code, reason = "softoken takes its parameters through a pointer, and the function list comes as one")]

use std::{
    ffi::CString,
    path::{Path, PathBuf},
    ptr::NonNull,
};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki_sys::CK_FUNCTION_LIST;

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
    pub(super) functions: CK_FUNCTION_LIST,
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
}

pub(super) fn missing(function: &str) -> TokenError {
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
