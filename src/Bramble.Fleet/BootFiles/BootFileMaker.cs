using System.Text;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Ports;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.BootFiles;

/// <summary>
/// One client's view of its boot folder: cmdline.txt and, with extra lines, config.txt are made in memory, and an archive may come behind an initramfs; the
/// rest is on disk.
/// </summary>
internal sealed class BootFileMaker(IBootFolderReader reader)
{
    private const int MaxTextBytes = 64 * 1024;
    private const string CommandLineName = "cmdline.txt";
    private const string ConfigName = "config.txt";

    /// <summary>Opens a file.</summary>
    /// <param name="client">The client.</param>
    /// <param name="root">Its root.</param>
    /// <param name="server">This server's address.</param>
    /// <param name="path">Path below the prefix.</param>
    /// <param name="config">What its config.txt said when it was last asked for.</param>
    /// <param name="notes">What was noticed.</param>
    public TftpOpenResult Open(Client client, ClientRoot root, Ipv4Address server, string path, ConfigText config, out BootFileNotes notes)
    {
        notes = default;
        TftpOpenResult onDisk = reader.Open(root.BootFolder, path);
        if (path == ConfigName)
        {
            return MakeConfig(client, onDisk, out notes);
        }

        // With cmdline= it has another name.
        if (IsNamed(path, CommandLineName) || IsNamed(path, config.CommandLines))
        {
            // UEFI firmware as the "kernel" takes no command line: without the file the board is told so.
            bool isUefi = config.Kernels.Any(static name => name.EndsWith(".fd", StringComparison.OrdinalIgnoreCase));
            return onDisk.Error == TftpErrorCode.FileNotFound && isUefi ? onDisk : MakeCommandLine(client, root, server, onDisk, out notes);
        }

        return onDisk.Content is { } content && IsInitramfs(path, config) && InitramfsFile.ArchiveBehind(root) is { } archive
            ? TftpOpenResult.Of(new ExtendedContent(content, archive))
            : onDisk;
    }

    /// <summary>Opens a file as it is on disk.</summary>
    public TftpOpenResult OpenPlain(string folder, string path) => reader.Open(folder, path);

    private static bool IsInitramfs(string path, ConfigText config) =>
        InitramfsFile.IsNamedSo(path.AsSpan(path.LastIndexOf('/') + 1)) || IsNamed(path, config.Initramfs);

    private static bool IsNamed(string path, IReadOnlyList<string> names) => names.Any(name => IsNamed(path, name));

    // With os_prefix= the file lies in a folder.
    private static bool IsNamed(string path, string name) => path == name || path.EndsWith('/' + name, StringComparison.Ordinal);

    private static TftpOpenResult MakeCommandLine(Client client, ClientRoot root, Ipv4Address server, TftpOpenResult onDisk, out BootFileNotes notes)
    {
        notes = default;
        string original = CommandLine.Default;
        if (onDisk.Content is not null)
        {
            original = Encoding.UTF8.GetString(ReadAll(onDisk.Content));
            onDisk.Content.Dispose();
        }
        else if (onDisk.Error != TftpErrorCode.FileNotFound)
        {
            return onDisk;
        }

        byte[] made = Encoding.UTF8.GetBytes(CommandLine.Make(original, root, server, client.CommandLine));
        notes = new BootFileNotes(null, 0, made.Length > CommandLine.MaxBytes ? made.Length : 0, IsCommandLine: true);
        return TftpOpenResult.Of(new MadeContent(made));
    }

    private static TftpOpenResult MakeConfig(Client client, TftpOpenResult onDisk, out BootFileNotes notes)
    {
        notes = default;
        if (onDisk.Content is not { } content)
        {
            return onDisk;
        }

        byte[] original = ReadAll(content);
        int size = (int)Math.Min(content.Length, int.MaxValue);
        byte[] made = client.ConfigLines.Count > 0 ? ConfigText.Append(original, client.ConfigLines) : original;
        ConfigText config = ConfigText.Parse(Encoding.UTF8.GetString(made));
        if (Math.Max(size, made.Length) > ConfigText.MaxBytes)
        {
            // The firmware drops what is over the limit. The image's file alone is the better chance to boot.
            notes = new BootFileNotes(config, Math.Max(size, made.Length), 0);
            return onDisk;
        }

        notes = new BootFileNotes(config, 0, 0);
        if (client.ConfigLines.Count == 0)
        {
            return onDisk;
        }

        content.Dispose();
        return TftpOpenResult.Of(new MadeContent(made));
    }

    private static byte[] ReadAll(ITftpContent content)
    {
        byte[] bytes = new byte[(int)Math.Min(content.Length, MaxTextBytes)];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = content.Read(done, bytes.AsSpan(done));
            if (read <= 0)
            {
                break;
            }

            done += read;
        }

        return done == bytes.Length ? bytes : bytes[..done];
    }
}
