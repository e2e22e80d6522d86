using System.Text;

namespace Bramble.Linux.DBus;

/// <summary>Writes the introspection data of an interface (D-Bus specification, "Introspection Data Format").</summary>
internal static class BusIntrospection
{
    /// <summary>Every argument has a name, or none has.</summary>
    /// <exception cref="ArgumentException">Otherwise.</exception>
    public static void CheckArgumentNames(BusInterface description)
    {
        foreach (BusMethod method in description.Methods)
        {
            Check(method.Name, method.In + method.Out, method.ArgumentNames);
        }
        foreach (BusSignal signal in description.Signals)
        {
            Check(signal.Name, signal.Signature, signal.ArgumentNames);
        }
    }

    /// <summary>The element <c>interface</c>. Names and signatures hold no character that XML would have escaped.</summary>
    public static string XmlOf(BusInterface description)
    {
        var xml = new StringBuilder();
        xml.Append($" <interface name=\"{description.Name}\">\n");
        foreach (BusMethod method in description.Methods)
        {
            xml.Append($"  <method name=\"{method.Name}\">\n");
            List<string> takes = BusBody.Split(method.In);
            AppendArguments(xml, takes, method.ArgumentNames, " direction=\"in\"");
            AppendArguments(xml, BusBody.Split(method.Out), method.ArgumentNames.Skip(takes.Count), " direction=\"out\"");
            xml.Append("  </method>\n");
        }
        foreach (BusSignal signal in description.Signals)
        {
            xml.Append($"  <signal name=\"{signal.Name}\">\n");
            AppendArguments(xml, BusBody.Split(signal.Signature), signal.ArgumentNames, "");
            xml.Append("  </signal>\n");
        }
        return xml.Append(" </interface>\n").ToString();
    }

    private static void AppendArguments(StringBuilder xml, List<string> types, IEnumerable<string> names, string direction)
    {
        string[] named = [.. names];
        for (int i = 0; i < types.Count; i++)
        {
            string name = i < named.Length ? $" name=\"{named[i]}\"" : "";
            xml.Append($"   <arg type=\"{types[i]}\"{name}{direction}/>\n");
        }
    }

    private static void Check(string member, string signature, IReadOnlyList<string> names)
    {
        if (names.Count != 0 && names.Count != BusBody.Split(signature).Count)
        {
            throw new ArgumentException($"{member} has {names.Count} argument names for signature '{signature}'.", nameof(names));
        }
    }
}
