namespace Bramble.Linux.Input;

/// <summary>An input device that there is, as the kernel describes it without opening it.</summary>
/// <param name="Path">Its node, such as <c>/dev/input/event0</c>.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Driver">The driver of the hardware behind it, such as <c>gpio-keys</c>; empty for none.</param>
public sealed record InputNode(string Path, string Name, string Driver)
{
    /// <summary>All of them, by path.</summary>
    public static IReadOnlyList<InputNode> List(string devices = "/dev/input", string classFolder = "/sys/class/input")
    {
        if (!Directory.Exists(devices))
        {
            return [];
        }

        var nodes = new List<InputNode>();
        foreach (string path in Directory.EnumerateFiles(devices, "event*"))
        {
            string device = System.IO.Path.Combine(classFolder, System.IO.Path.GetFileName(path), "device");
            nodes.Add(new InputNode(path, ReadText(System.IO.Path.Combine(device, "name")), DriverOf(System.IO.Path.Combine(device, "device", "driver"))));
        }

        nodes.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return nodes;
    }

    private static string DriverOf(string link)
    {
        try
        {
            return System.IO.Path.GetFileName(File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
