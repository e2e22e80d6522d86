namespace Bramble.Linux.Leds;

/// <summary>An LED of the kernel, <c>/sys/class/leds/NAME</c> (Documentation/leds/leds-class.rst). While it is held, its kernel trigger is off.</summary>
public sealed class LedDevice : IDisposable
{
    private readonly string _folder;
    private readonly byte[] _lit;
    private readonly string? _trigger;
    private readonly FileStream _brightness;

    private LedDevice(string folder, string name)
    {
        (_folder, Name) = (folder, name);
        _trigger = CurrentTrigger(ReadText("trigger"));
        // Writing a trigger "none" stops what the kernel does with the LED by itself.
        if (_trigger is not null and not "none")
        {
            File.WriteAllText(Path.Combine(folder, "trigger"), "none");
        }

        string most = ReadText("max_brightness").Trim();
        _lit = System.Text.Encoding.ASCII.GetBytes(most.Length > 0 ? most : "1");
        _brightness = new FileStream(Path.Combine(folder, "brightness"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Its name, such as <c>ACT</c>.</summary>
    public string Name { get; }

    /// <summary>Takes an LED.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="classFolder">Folder of the kernel's LEDs.</param>
    /// <exception cref="IOException">There is none, or it does not obey.</exception>
    /// <exception cref="UnauthorizedAccessException">No right to use it.</exception>
    public static LedDevice Open(string name, string classFolder = "/sys/class/leds")
    {
        string folder = Path.Combine(classFolder, name);
        return Directory.Exists(folder) ? new LedDevice(folder, name) : throw new FileNotFoundException($"There is no LED '{name}' in {classFolder}.");
    }

    /// <summary>Names of all LEDs, sorted.</summary>
    public static IReadOnlyList<string> List(string classFolder = "/sys/class/leds") =>
        Directory.Exists(classFolder) ? [.. Directory.EnumerateDirectories(classFolder).Select(static d => Path.GetFileName(d)).Order(StringComparer.Ordinal)] : [];

    /// <summary>Lights it, or not.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    public void Set(bool lit)
    {
        _brightness.Position = 0;
        _brightness.Write(lit ? _lit : "0"u8);
    }

    /// <summary>Hands the LED to the kernel, which blinks it on after this program has ended.</summary>
    /// <param name="milliseconds">Lit and dark, each so long.</param>
    public void BlinkByItself(int milliseconds)
    {
        try
        {
            File.WriteAllText(Path.Combine(_folder, "trigger"), "timer");
            File.WriteAllText(Path.Combine(_folder, "delay_on"), milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
            File.WriteAllText(Path.Combine(_folder, "delay_off"), milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without the timer trigger: the LED stays as it is.
        }
    }

    /// <summary>Gives the LED back to the trigger that it had.</summary>
    public void Restore()
    {
        try
        {
            Set(lit: false);
            if (_trigger is not null)
            {
                File.WriteAllText(Path.Combine(_folder, "trigger"), _trigger);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _brightness.Dispose();

    /// <summary>The trigger file lists all, the present one in brackets: <c>none [mmc0] timer</c>.</summary>
    internal static string? CurrentTrigger(string list)
    {
        int start = list.IndexOf('['), end = list.IndexOf(']');
        return start >= 0 && end > start ? list[(start + 1)..end] : null;
    }

    private string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(_folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
