using System.Globalization;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// config.txt, as far as it decides which files are asked for
/// (https://www.raspberrypi.com/documentation/computers/config_txt.html).
/// </summary>
internal sealed class ConfigTxt
{
    private readonly PiModel _model;
    private readonly uint _serial;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _overlays = [];
    private bool _modelMatches = true;
    private bool _serialMatches = true;
    private bool _otherMatches = true;

    public ConfigTxt(PiModel model, uint serial)
    {
        _model = model;
        _serial = serial;
    }

    /// <summary>Names of overlays in the order of their lines, without parameters.</summary>
    public IReadOnlyList<string> Overlays => _overlays;

    /// <summary>The file of <c>initramfs NAME followkernel</c> or <c>ramfsfile=</c>; null when there is none.</summary>
    public string? Initramfs { get; private set; }

    /// <summary>True for <c>auto_initramfs=1</c>.</summary>
    public bool AutoInitramfs => Flag("auto_initramfs", false);

    /// <summary><c>arm_64bit</c>; on unless a line turns it off.</summary>
    public bool Arm64Bit => Flag("arm_64bit", true);

    /// <summary>A value; null when no line sets it.</summary>
    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Reads lines; an <c>include</c> is returned at once so that the caller can fetch the file and read it in its place.</summary>
    public IEnumerable<string> Read(string text)
    {
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            int comment = line.IndexOf('#');
            line = comment >= 0 ? line[..comment].Trim() : line;
            if (line.Length == 0)
            {
                continue;
            }

            if (line[0] == '[')
            {
                Filter(line.Trim('[', ']').Trim());
            }
            else if (_modelMatches && _serialMatches && _otherMatches)
            {
                if (line.StartsWith("include ", StringComparison.Ordinal))
                {
                    yield return line[8..].Trim();
                }
                else
                {
                    Set(line);
                }
            }
        }
    }

    private void Set(string line)
    {
        // The one directive without '='.
        if (line.StartsWith("initramfs ", StringComparison.Ordinal))
        {
            Initramfs = line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var name, ..] ? name : Initramfs;
            return;
        }

        int equals = line.IndexOf('=');
        if (equals <= 0)
        {
            return;
        }

        string key = line[..equals].Trim();
        string value = line[(equals + 1)..].Trim();
        switch (key)
        {
            case "dtoverlay" or "device_tree_overlay":
                int end = value.AsSpan().IndexOfAny(',', ':');
                string overlay = end >= 0 ? value[..end] : value;
                if (overlay.Length > 0)
                {
                    _overlays.Add(overlay);
                }

                break;
            case "ramfsfile":
                Initramfs = value;
                break;
            default:
                _values[key] = value;
                break;
        }
    }

    private void Filter(string name)
    {
        name = name.ToLowerInvariant();
        switch (name)
        {
            case "all":
                _modelMatches = _serialMatches = _otherMatches = true;
                return;
            case "none":
                _otherMatches = false;
                return;
        }

        if (name.StartsWith("0x", StringComparison.Ordinal))
        {
            _serialMatches = uint.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint serial)
                && serial == _serial;
            return;
        }

        if (name.StartsWith("pi", StringComparison.Ordinal) || name.StartsWith("cm", StringComparison.Ordinal))
        {
            _modelMatches = name switch
            {
                "pi3" => _model is PiModel.Pi3B or PiModel.Pi3BPlus,
                "pi3+" => _model == PiModel.Pi3BPlus,
                "pi4" => _model == PiModel.Pi4B,
                "pi5" => _model == PiModel.Pi5,
                _ => false,
            };
            return;
        }

        // EDID, GPIO, board-type, tryboot: none of them holds on a bare board.
        _otherMatches = false;
    }

    private bool Flag(string key, bool byDefault) => this[key] is { } value ? value != "0" : byDefault;
}
