namespace Bramble.Linux.Files;

/// <summary>What a name in a folder stands for.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A device, FIFO or socket.</summary>
    Special,
}
