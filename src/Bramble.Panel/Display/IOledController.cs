namespace Bramble.Panel.Display;

/// <summary>The controller of a display, in page addressing mode: each byte is eight pixels of a column, the lowest bit at the top.</summary>
/// <remarks>Every method throws <see cref="IOException"/> when the display does not answer.</remarks>
internal interface IOledController
{
    /// <summary>Sends all settings but contrast, and on or off, which stay as they are.</summary>
    /// <param name="height">Rows of the glass, 32 or 64.</param>
    /// <param name="upsideDown">The display is built in upside down.</param>
    void Configure(int height, bool upsideDown);

    /// <summary>Writes to the picture memory.</summary>
    /// <param name="page">The page, eight rows each.</param>
    /// <param name="column">The first column of the glass.</param>
    /// <param name="data">One byte for each column.</param>
    void WritePicture(int page, int column, ReadOnlySpan<byte> data);

    /// <summary>Sets the contrast.</summary>
    void SetContrast(byte contrast);

    /// <summary>Switches the display on or off; the picture memory is kept.</summary>
    void SwitchOn(bool on);
}
