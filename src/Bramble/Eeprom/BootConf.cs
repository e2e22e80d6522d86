namespace Bramble.Eeprom;

/// <summary>A <c>boot.conf</c> that was made.</summary>
/// <param name="HowTo">How it gets into the board, one sentence each.</param>
/// <param name="Settings">Its settings, in order.</param>
internal sealed record BootConf(IReadOnlyList<string> HowTo, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Version of the form in JSON.</summary>
    public int Schema { get; } = 1;

    /// <summary>The file.</summary>
    public string Text
    {
        get
        {
            var text = new System.Text.StringBuilder();
            foreach (string line in HowTo)
            {
                text.Append("# ").Append(line).Append('\n');
            }

            text.Append("[all]\n");
            foreach ((string name, string value) in Settings)
            {
                text.Append(name).Append('=').Append(value).Append('\n');
            }

            return text.ToString();
        }
    }
}
