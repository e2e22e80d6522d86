using System.Text;

namespace Bramble.Fleet.BootFiles;

/// <summary>What a config.txt says that the boot server must know.</summary>
/// <param name="Kernels">File names given by <c>kernel=</c>, in any section.</param>
/// <param name="CommandLines">File names given by <c>cmdline=</c>, in any section.</param>
/// <param name="Initramfs">File names given by <c>initramfs</c> and <c>ramfsfile=</c>, in any section.</param>
internal sealed record ConfigText(IReadOnlyList<string> Kernels, IReadOnlyList<string> CommandLines, IReadOnlyList<string> Initramfs)
{
    /// <summary>Largest config.txt that every firmware reads over TFTP, bytes.</summary>
    public const int MaxBytes = 4096;

    /// <summary>No settings.</summary>
    public static ConfigText Empty { get; } = new([], [], []);

    /// <summary>Reads the settings of interest; anything else is passed over.</summary>
    public static ConfigText Parse(ReadOnlySpan<char> text)
    {
        List<string> kernels = [];
        List<string> commandLines = [];
        List<string> initramfs = [];
        foreach (ReadOnlySpan<char> raw in text.EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();

            // The one setting without "=": initramfs NAME[,NAME…] [followkernel|ADDRESS].
            const string Setting = "initramfs ";
            if (line.StartsWith(Setting))
            {
                ReadOnlySpan<char> names = line[Setting.Length..].TrimStart();
                int blank = names.IndexOf(' ');
                AddNames(initramfs, blank < 0 ? names : names[..blank]);
                continue;
            }

            int equals = line.IndexOf('=');
            if (equals <= 0 || line[0] is '#' or '[')
            {
                continue;
            }

            ReadOnlySpan<char> key = line[..equals].TrimEnd();
            ReadOnlySpan<char> value = line[(equals + 1)..].Trim();
            if (value.IsEmpty)
            {
                continue;
            }

            if (key is "kernel")
            {
                kernels.Add(value.ToString());
            }
            else if (key is "cmdline")
            {
                commandLines.Add(value.ToString());
            }
            else if (key is "ramfsfile")
            {
                AddNames(initramfs, value);
            }
        }

        return kernels.Count + commandLines.Count + initramfs.Count == 0 ? Empty : new ConfigText(kernels, commandLines, initramfs);
    }

    private static void AddNames(List<string> names, ReadOnlySpan<char> value)
    {
        foreach (Range name in value.Split(','))
        {
            if (!value[name].IsEmpty)
            {
                names.Add(value[name].ToString());
            }
        }
    }

    /// <summary>Adds a client's lines to the end, under <c>[all]</c> so that no filter of the image's file hides them.</summary>
    public static byte[] Append(ReadOnlySpan<byte> original, IReadOnlyList<string> lines)
    {
        var added = new StringBuilder();
        if (!original.IsEmpty && original[^1] != '\n')
        {
            added.Append('\n');
        }

        added.Append("[all]\n");
        foreach (string line in lines)
        {
            added.Append(line).Append('\n');
        }

        return [.. original, .. Encoding.UTF8.GetBytes(added.ToString())];
    }
}
