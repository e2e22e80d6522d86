using Bramble.Panel.Drawing;

namespace Bramble.Panel.Tests.Support;

/// <summary>Golden pictures: what was looked at and found right. With <c>BRAMBLE_GOLDEN=write</c> they are written anew into the source folder, to be looked at.</summary>
internal static class Golden
{
    public static void Check(string name, Canvas picture)
    {
        byte[] png = PngImage.Encode(picture);
        if (Environment.GetEnvironmentVariable("BRAMBLE_GOLDEN") == "write")
        {
            File.WriteAllBytes(Path.Combine(SourceFolder(), name + ".png"), png);
            return;
        }

        string file = Path.Combine(AppContext.BaseDirectory, "Golden", name + ".png");
        Assert.True(File.Exists(file), $"There is no golden picture {name}: write it with BRAMBLE_GOLDEN=write, and look at it.");
        Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(png), $"{name} differs from its golden picture:\n{AsText(picture)}");
    }

    /// <summary>A picture as text, two rows a line.</summary>
    public static string AsText(Canvas picture)
    {
        var text = new System.Text.StringBuilder();
        for (int y = 0; y < picture.Height; y += 2)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                text.Append((picture[x, y], picture[x, y + 1]) switch { (true, true) => '█', (true, false) => '▀', (false, true) => '▄', _ => ' ' });
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(file)!)!, "Golden");
}
