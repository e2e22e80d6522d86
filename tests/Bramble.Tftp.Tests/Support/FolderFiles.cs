using Bramble.Linux.Net;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Support;

/// <summary>Every client reads one folder, made for the test.</summary>
internal sealed class FolderFiles : ITftpFiles, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-tftp-");

    public DiskContentCache Cache { get; } = new();

    public string Folder => _folder.FullName;

    /// <summary>Writes a file of reproducible bytes and returns them.</summary>
    public byte[] Write(string name, int length)
    {
        byte[] bytes = Pattern(length);
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return bytes;
    }

    public static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public TftpOpenResult Open(Ipv4Address client, string path) => Cache.Open(Folder, path);

    public void Dispose()
    {
        Cache.Dispose();
        _folder.Delete(recursive: true);
    }
}
