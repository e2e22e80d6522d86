using System.Globalization;
using Xunit;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>
/// A front panel in a box: the kernel's own drivers on simulated GPIO lines and a simulated I2C bus, as on a Raspberry Pi with the overlay.
/// </summary>
/// <param name="box">The box; the folder <c>panel</c> of its further disk has the modules.</param>
internal sealed class SimulatedPanel(Box box)
{
    private static string Decoder { get; } = Path.Combine(
        Repository.Root, "artifacts", "bin", "Bramble.VirtualPanel", "debug", "virtual-panel.dll");

    /// <summary>Makes the GPIO chip; the boot server may use it from then on.</summary>
    public void MakeChip()
    {
        box.Ssh("mkdir -p /run/stick && mount -o ro /dev/vdb /run/stick");
        Do("chip");
    }

    /// <summary>Runs <c>panel-sim</c>.</summary>
    public string Do(string words) => box.Ssh("sh /run/stick/panel/panel-sim " + words);

    /// <summary>Waits until the log of the boot server has a text, since the line that was waited for last.</summary>
    public void WaitForLog(string text)
    {
        const string read = "journalctl -b -u bramble -o cat --no-pager ";
        ShellResult found = box.TrySsh(
            $"timeout 120 sh -c 'until {read} --cursor-file=/run/panel-cursor | grep -F -m 1 -- \"{text}\"; do sleep 0.3; done'");
        if (found.ExitCode != 0)
        {
            Assert.Fail($"The log does not have '{text}':\n{box.TrySsh(read + "-n 30").Output}");
        }
    }

    /// <summary>An LED blinks, and is lit for such a part of the time.</summary>
    /// <param name="line">Its GPIO line.</param>
    /// <param name="seconds">The time for which it is watched.</param>
    /// <param name="least">Lit at least, in percent.</param>
    /// <param name="most">Lit at most, in percent.</param>
    public void CheckRhythm(int line, int seconds, int least, int most)
    {
        // lit PERCENT changes NUMBER
        string[] seen = Do($"rhythm {line} {seconds}").Trim().Split(' ');
        Assert.InRange(int.Parse(seen[1], CultureInfo.InvariantCulture), least, most);
        Assert.True(int.Parse(seen[3], CultureInfo.InvariantCulture) >= 2, $"The LED on line {line} does not blink.");
    }

    /// <summary>
    /// What a display was sent is, pixel by pixel, the picture that <c>bramble panel --png</c> writes; returns it. Both change by
    /// themselves, so it is tried for a while.
    /// </summary>
    /// <param name="model">The display.</param>
    /// <param name="folder">Where the files are put.</param>
    public byte[] CheckPicture(string model, string folder)
    {
        string stream = Path.Combine(folder, "stream"), glass = Path.Combine(folder, "glass.png");
        byte[]? shown = null;
        string decoded = "";
        Wait.Until(
            () =>
            {
                byte[][] files = [.. box.Ssh("""
                    cd /run && bramble panel --png before.png && cat /sys/kernel/debug/i2c-sim/stream >stream &&
                    bramble panel --png after.png &&
                    for file in before.png stream after.png; do base64 -w 0 $file; echo; done
                    """).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String)];
                File.WriteAllBytes(stream, files[1]);
                ShellResult result = Shell.TryRun("dotnet", Decoder, "decode", model, stream, glass);
                decoded = result.Output + result.Error;
                shown = result.ExitCode == 0 ? File.ReadAllBytes(glass) : null;
                return shown is not null && shown.AsSpan().SequenceEqual(files[0]) && shown.AsSpan().SequenceEqual(files[2]);
            },
            TimeSpan.FromMinutes(2), () => $"{model} does not show the picture of 'bramble panel --png': {decoded}");
        return shown!;
    }
}
