using System.Globalization;
using System.Text;

namespace Bramble.Storage.Images;

/// <summary>Writes a cpio archive as the kernel unpacks it into its initramfs: "newc", see Documentation/driver-api/early-userspace/buffer-format.rst.</summary>
/// <param name="stream">Where to; at a multiple of four bytes.</param>
internal sealed class CpioWriter(Stream stream)
{
    private const int FolderMode = 0x4000;
    private const int FileMode = 0x8000;
    private int _inode;

    /// <summary>Adds a folder; those above it must have been added before.</summary>
    internal void AddFolder(string path) => Add(path, FolderMode | 0b111_101_101, []);

    /// <summary>Adds a file; the folders above it must have been added before.</summary>
    internal void AddFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => Add(path, FileMode | (int)mode, content);

    /// <summary>Writes the end.</summary>
    internal void Finish() => Add("TRAILER!!!", 0, []);

    private void Add(string path, int mode, ReadOnlySpan<byte> content)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        int links = (mode & FolderMode) != 0 ? 2 : 1;

        // Magic, inode, mode, user, group, links, time, size, four device numbers, length of the name, checksum.
        StringBuilder header = new("070701");
        foreach (int field in (ReadOnlySpan<int>)[mode == 0 ? 0 : ++_inode, mode, 0, 0, links, 0, content.Length, 0, 0, 0, 0, name.Length, 0])
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        stream.Write(Encoding.ASCII.GetBytes(header.ToString()));
        stream.Write(name);
        Pad(header.Length + name.Length);
        stream.Write(content);
        Pad(content.Length);
    }

    private void Pad(int length) => stream.Write([0, 0, 0, 0], 0, -length & 3);
}
