using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;

namespace Bramble.Commands;

/// <summary>Manual pages in man(7) macros, from the commands that System.CommandLine parses. Pure.</summary>
internal static class ManPage
{
    private static readonly (string Status, string Meaning)[] s_exits =
    [
        ("0", "Done."),
        ("1", "It was tried and failed; the message on standard error says why and what to do."),
        ("2", "The command line or the configuration is wrong; nothing was done."),
    ];

    /// <summary>A page of the program, and one of each of its verbs, by file name.</summary>
    public static IEnumerable<(string Name, string Text)> All(RootCommand root)
    {
        yield return ("bramble.1", Program(root));
        foreach (Command verb in Visible(root))
        {
            yield return ($"bramble-{verb.Name}.1", Verb(verb));
        }
    }

    private static string Program(RootCommand root)
    {
        var page = new StringBuilder();
        Head(page, "bramble", root.Description ?? "");
        page.Append(".SH SYNOPSIS\n.B bramble\n.I VERB\n.RI [ OPTIONS ]\n.SH VERBS\n");
        foreach (Command verb in Visible(root))
        {
            page.Append(CultureInfo.InvariantCulture, $".TP\n.BR bramble\\-{Escape(verb.Name)} (1)\n{Line(verb.Description)}\n");
        }

        Exits(page);
        page.Append("""
            .SH FILES
            .TP
            .I /etc/bramble/bramble.conf
            The configuration, with a comment above every key.
            .TP
            .I /var/lib/bramble
            Leases, clients and the history of boots.
            .TP
            .I /srv/bramble
            Images and roots.
            .SH SEE ALSO
            .BR journalctl (1),
            .BR exports (5),
            .BR tgtadm (8)

            """);
        return page.ToString();
    }

    private static string Verb(Command verb)
    {
        var page = new StringBuilder();
        Head(page, "bramble-" + verb.Name, verb.Description ?? "");
        page.Append(".SH SYNOPSIS\n");
        foreach ((string path, Command command) in Runnable("bramble " + verb.Name, verb))
        {
            page.Append(".PP\n.B ").Append(Escape(path)).Append('\n').Append(Synopsis(command));
        }

        page.Append(".SH DESCRIPTION\n");
        foreach ((string path, Command command) in Runnable("bramble " + verb.Name, verb))
        {
            if (command != verb)
            {
                page.Append(".SS ").Append(Escape(path)).Append('\n');
            }

            page.Append(Line(command.Description)).Append('\n');
            foreach (Argument argument in command.Arguments.Where(static a => !a.Hidden))
            {
                page.Append(".TP\n.I ").Append(Escape(argument.Name)).Append('\n').Append(Line(argument.Description)).Append('\n');
            }

            foreach (Option option in command.Options.Where(static o => !o.Hidden && o is not HelpOption))
            {
                page.Append(".TP\n.B ").Append(Escape(string.Join(", ", option.Aliases.Prepend(option.Name)))).Append(Value(option)).Append('\n').Append(Line(option.Description)).Append('\n');
            }
        }

        Exits(page);
        page.Append(".SH SEE ALSO\n.BR bramble (1)\n");
        return page.ToString();
    }

    private static void Head(StringBuilder page, string name, string description) => page.Append(CultureInfo.InvariantCulture,
        $".TH {name.ToUpperInvariant()} 1 \"\" Bramble \"Bramble\"\n.SH NAME\n{Escape(name)} \\- {Line(description).TrimEnd('.')}\n");

    private static void Exits(StringBuilder page)
    {
        page.Append(".SH EXIT STATUS\n");
        foreach ((string status, string meaning) in s_exits)
        {
            page.Append(CultureInfo.InvariantCulture, $".TP\n.B {status}\n{meaning}\n");
        }
    }

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(static c => !c.Hidden);

    /// <summary>A command and those below it, as far as they do something.</summary>
    private static IEnumerable<(string Path, Command Command)> Runnable(string path, Command command)
    {
        if (command.Action is not null || !Visible(command).Any())
        {
            yield return (path, command);
        }

        foreach (Command below in Visible(command))
        {
            foreach ((string, Command) one in Runnable($"{path} {below.Name}", below))
            {
                yield return one;
            }
        }
    }

    private static string Synopsis(Command command)
    {
        var text = new StringBuilder();
        if (command.Options.Any(static o => !o.Hidden && o is not HelpOption))
        {
            text.Append(".RI [ OPTIONS ]\n");
        }

        foreach (Argument argument in command.Arguments.Where(static a => !a.Hidden))
        {
            text.Append(argument.Arity.MinimumNumberOfValues == 0 ? $".RI [ {Escape(argument.Name)} ]\n" : $".I {Escape(argument.Name)}\n");
        }

        return text.ToString();
    }

    private static string Value(Option option) => option.Arity.MaximumNumberOfValues == 0 || option is Option<bool> ? "" : " " + Escape(option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant());

    /// <summary>A line of text: a dot or a quote at its beginning would be a command.</summary>
    private static string Line(string? text)
    {
        string escaped = Escape((text ?? "").ReplaceLineEndings(" "));
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
