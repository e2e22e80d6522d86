namespace Bramble.Integration.Tests.Lab;

/// <summary>Places in the checkout that the tests run from.</summary>
internal static class Repository
{
    /// <summary>The top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published binary.</summary>
    public static string Bramble => Published("bramble");

    /// <summary>The published virtual Raspberry Pi.</summary>
    public static string VirtualPi => Published("virtual-pi");

    private static string Published(string name)
    {
        string path = Path.Combine(Root, "out", name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run scripts/publish --all.");
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("This test does not run inside the checkout.");
        }

        return folder;
    }
}
