namespace Bramble.Linux.Files;

/// <summary>Why a file could not be opened beneath a folder.</summary>
public enum BeneathOpenError
{
    /// <summary>It was opened.</summary>
    None,

    /// <summary>There is no such file.</summary>
    NotFound,

    /// <summary>The permissions forbid it.</summary>
    Denied,

    /// <summary>The path leads out of the folder: by <c>..</c>, an absolute path or symlink, or a magic link.</summary>
    Escapes,

    /// <summary>It is a folder, a device, a socket or a pipe.</summary>
    NotRegular,

    /// <summary>Anything else, such as an input/output error.</summary>
    Failed,
}
