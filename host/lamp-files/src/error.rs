//! What can go wrong with a file, in the words of the caller, and how a plugin is told.

use lamp_core::error::CapabilityError;
use rustix::io::Errno;

/// Why a call on a mount failed. Texts name the mount, the path and the next step; never a path outside the mount.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// No mount of that name.
    #[error("there is no mount `{0}`; add it on the mounts page or with `lamphouse mount add`")]
    UnknownMount(String),
    /// The mount's root is not there, or is not the folder that was configured.
    #[error("mount `{mount}` is offline: {reason}")]
    Offline {
        /// Mount name.
        mount: String,
        /// What was seen and what to do.
        reason: String,
    },
    /// All threads that may work on the mount are at work, or it did not answer in time.
    #[error("mount `{mount}` does not answer within {waited_ms} ms; check the storage behind it")]
    Busy {
        /// Mount name.
        mount: String,
        /// How long the caller waited.
        waited_ms: u64,
    },
    /// The mount's configuration does not allow it.
    #[error("mount `{mount}` does not allow `{right}`; an admin can add that right to the mount")]
    MissingRight {
        /// Mount name.
        mount: String,
        /// `read`, `write`, `delete` or `watch`.
        right: &'static str,
    },
    /// Not a relative path of plain segments.
    #[error("path `{path}` {problem}")]
    InvalidPath {
        /// The text as given, shortened and with control characters escaped.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Nothing there.
    #[error("there is no `{path}` in mount `{mount}`")]
    NotFound {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// A link on the way leads outside the mount, in a circle, or is not allowed for this call.
    #[error("`{path}` in mount `{mount}` is or passes through a link that may not be followed")]
    Escapes {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// Other kind of thing than the call needs: a pipe, device or socket, or a folder for a file and the reverse.
    #[error("`{path}` in mount `{mount}` is not a {wanted}")]
    WrongKind {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
        /// `regular file` or `folder`.
        wanted: &'static str,
    },
    /// The file has more names than one, so that changing or serving it could reach outside the mount.
    #[error("`{path}` in mount `{mount}` has {links} hard links and may not be {verb}")]
    HardLinked {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
        /// Number of names.
        links: u64,
        /// `read`, `served`, `replaced` or `deleted`.
        verb: &'static str,
    },
    /// Something is mounted there: another file system, or a part of the same.
    #[error("`{path}` in mount `{mount}` is a mount of its own; unmount it first, or add it as a mount")]
    OtherDevice {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// Something is there already.
    #[error("`{path}` exists already in mount `{mount}`; choose another name or ask for overwriting")]
    AlreadyExists {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// Only empty folders are deleted.
    #[error("folder `{path}` in mount `{mount}` is not empty; delete what is in it first")]
    NotEmpty {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// The file was written to, replaced or cut while it was being worked on.
    #[error("`{path}` in mount `{mount}` changed during the work; try again when nobody writes to it")]
    Changed {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// No space or quota left.
    #[error("mount `{mount}` has no space left for `{path}`; free space there or choose another mount")]
    NoSpace {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// The server's own account may not do it.
    #[error(
        "the server's account has no access to `{path}` in mount `{mount}`; change its owner or mode, or remount it"
    )]
    NotPermitted {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
    /// A bound of this crate.
    #[error("{what} is limited to {limit}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// An argument of an operation or a configuration is wrong.
    #[error("{0}")]
    Invalid(String),
    /// Ended by request.
    #[error("cancelled")]
    Cancelled,
    /// Anything else the system says.
    #[error("mount `{mount}`, `{path}`: {source}")]
    Io {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl FilesError {
    /// Gives a system error its meaning for `path` of `mount`.
    pub(crate) fn at(mount: &str, path: &str, errno: Errno) -> Self {
        let (mount, path) = (mount.to_owned(), path.to_owned());
        match errno {
            Errno::NOENT => Self::NotFound { mount, path },
            Errno::NOTDIR => Self::WrongKind { mount, path, wanted: "folder" },
            Errno::ISDIR | Errno::NXIO => Self::WrongKind { mount, path, wanted: "regular file" },
            Errno::XDEV | Errno::LOOP => Self::Escapes { mount, path },
            Errno::EXIST => Self::AlreadyExists { mount, path },
            Errno::NOTEMPTY => Self::NotEmpty { mount, path },
            Errno::NOSPC | Errno::DQUOT => Self::NoSpace { mount, path },
            Errno::ACCESS | Errno::PERM | Errno::ROFS => Self::NotPermitted { mount, path },
            Errno::NAMETOOLONG => Self::InvalidPath { path, problem: "is longer than the mount's file system allows" },
            Errno::IO | Errno::STALE | Errno::TIMEDOUT | Errno::HOSTDOWN | Errno::HOSTUNREACH | Errno::NOTCONN => {
                Self::Offline { mount, reason: format!("its storage answers `{errno}`; check it and mount it again") }
            }
            Errno::NOSYS => Self::Invalid("this system has no openat2; Linux 5.6 or newer is needed".to_owned()),
            other => Self::Io { mount, path, source: other.into() },
        }
    }

    /// Gives an error of the standard library its meaning for `path` of `mount`.
    pub fn at_io(mount: &str, path: &str, error: std::io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(errno) => Self::at(mount, path, errno),
            None => Self::Io { mount: mount.to_owned(), path: path.to_owned(), source: error },
        }
    }

    /// Machine code, stable, for stored results: `not_found`, `offline`, …
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownMount(_) => "unknown_mount",
            Self::Offline { .. } => "offline",
            Self::Busy { .. } => "busy",
            Self::MissingRight { .. } => "missing_right",
            Self::InvalidPath { .. } => "invalid_path",
            Self::NotFound { .. } => "not_found",
            Self::Escapes { .. } => "escapes",
            Self::WrongKind { .. } => "wrong_kind",
            Self::HardLinked { .. } => "hard_linked",
            Self::OtherDevice { .. } => "other_device",
            Self::AlreadyExists { .. } => "already_exists",
            Self::NotEmpty { .. } => "not_empty",
            Self::Changed { .. } => "changed",
            Self::NoSpace { .. } => "no_space",
            Self::NotPermitted { .. } => "not_permitted",
            Self::Limit { .. } => "limit",
            Self::Invalid(_) => "invalid",
            Self::Cancelled => "cancelled",
            Self::Io { .. } => "io",
        }
    }
}

impl From<FilesError> for CapabilityError {
    fn from(error: FilesError) -> Self {
        let text = error.to_string();
        match error {
            FilesError::UnknownMount(_) | FilesError::NotFound { .. } => Self::NotFound(text),
            FilesError::Offline { .. } | FilesError::Busy { .. } => Self::Unavailable(text),
            FilesError::MissingRight { .. }
            | FilesError::Escapes { .. }
            | FilesError::HardLinked { .. }
            | FilesError::NotPermitted { .. } => Self::Denied(text),
            FilesError::InvalidPath { .. } | FilesError::WrongKind { .. } | FilesError::Invalid(_) => {
                Self::Invalid(text)
            }
            FilesError::AlreadyExists { .. }
            | FilesError::OtherDevice { .. }
            | FilesError::NotEmpty { .. }
            | FilesError::Changed { .. } => Self::Conflict(text),
            FilesError::NoSpace { .. } | FilesError::Limit { .. } => Self::Limit(text),
            FilesError::Cancelled | FilesError::Io { .. } => Self::Other(text),
        }
    }
}
