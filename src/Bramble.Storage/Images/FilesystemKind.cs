namespace Bramble.Storage.Images;

/// <summary>A filesystem, as far as an import tells them apart.</summary>
internal enum FilesystemKind
{
    /// <summary>None that is known here.</summary>
    Unknown,

    /// <summary>FAT12, FAT16 or FAT32.</summary>
    Fat,

    /// <summary>ext2, ext3 or ext4.</summary>
    Ext,

    /// <summary>btrfs.</summary>
    Btrfs,

    /// <summary>SquashFS.</summary>
    Squashfs,

    /// <summary>LUKS.</summary>
    Luks,
}
