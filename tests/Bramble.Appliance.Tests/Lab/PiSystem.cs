namespace Bramble.Appliance.Tests.Lab;

/// <summary>The operating system that the Pis boot: an image in the shape of Raspberry Pi OS.</summary>
internal static class PiSystem
{
    private static readonly Lazy<string> s_folder = new(static () =>
        Shell.Run(TimeSpan.FromMinutes(20), Path.Combine(Repository.Root, "tests", "fixtures", "raspios-shaped", "build")).Trim());

    /// <summary>The folder that tests/fixtures/raspios-shaped/build made: disk.img, and the files of its boot partition in boot/.</summary>
    public static string Folder => s_folder.Value;

    /// <summary>The image.</summary>
    public static string Disk => Path.Combine(Folder, "disk.img");
}
