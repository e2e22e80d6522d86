namespace Bramble.Storage.Contract;

/// <summary>What an archive holds.</summary>
public enum ArchiveKind
{
    /// <summary>A client's root with its boot folder, as it was when the archive was made.</summary>
    Client,

    /// <summary>An image.</summary>
    Image,
}
