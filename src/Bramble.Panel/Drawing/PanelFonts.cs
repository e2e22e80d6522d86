using System.IO.Compression;

namespace Bramble.Panel.Drawing;

/// <summary>The fonts of the panel: Terminus in three sizes. 512 characters each: Latin, Greek, Cyrillic, arrows.</summary>
internal static class PanelFonts
{
    private static readonly Lazy<PsfFont> s_text = new(() => Load("Uni2-Terminus12x6.psf.gz"));
    private static readonly Lazy<PsfFont> s_bold = new(() => Load("Uni2-TerminusBold16.psf.gz"));
    private static readonly Lazy<PsfFont> s_big = new(() => Load("Uni2-TerminusBold28x14.psf.gz"));

    /// <summary>Running text, 6×12: capitals stand on rows 2 to 9, accents above, descenders below.</summary>
    public static PsfFont Text => s_text.Value;

    /// <summary>Addresses and numbers, bold, 8×16: capitals stand on rows 2 to 11.</summary>
    public static PsfFont Bold => s_bold.Value;

    /// <summary>Countdowns, bold, 14×28: digits stand on rows 4 to 21.</summary>
    public static PsfFont Big => s_big.Value;

    private static PsfFont Load(string name)
    {
        using Stream resource = typeof(PanelFonts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The font {name} is not in the program.");
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(resource, CompressionMode.Decompress))
        {
            gzip.CopyTo(unpacked);
        }

        return PsfFont.Parse(unpacked.GetBuffer().AsSpan(0, (int)unpacked.Length));
    }
}
