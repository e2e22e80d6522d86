using System.Globalization;
using System.Text;

namespace Bramble.Fleet.Metrics;

/// <summary>Writes Prometheus' text exposition format, version 0.0.4. Pure.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a family of samples.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it is.</param>
    public PrometheusText Family(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>One sample.</summary>
    public PrometheusText Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A family of one sample without labels.</summary>
    public PrometheusText Single(string name, string type, string help, double value) => Family(name, type, help).Value(name, value);

    /// <summary>The samples of one histogram.</summary>
    public PrometheusText Histogram(string name, string label, string labelValue, double[] bounds, long[] cumulative, double sum, long count)
    {
        for (int i = 0; i < bounds.Length; i++)
        {
            Value(name + "_bucket", cumulative[i], (label, labelValue), ("le", bounds[i].ToString("R", CultureInfo.InvariantCulture)));
        }

        return Value(name + "_bucket", count, (label, labelValue), ("le", "+Inf")).Value(name + "_sum", sum, (label, labelValue)).Value(name + "_count", count, (label, labelValue));
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
