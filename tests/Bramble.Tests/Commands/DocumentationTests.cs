using System.CommandLine;
using Bramble.Commands;
using Xunit;

namespace Bramble.Tests.Commands;

/// <summary>Manual pages and completion, made of the commands.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void Every_verb_has_its_manual_page_with_all_that_it_takes()
    {
        RootCommand root = RootCommandLine.Create();
        var pages = ManPage.All(root).ToDictionary(static p => p.Name, static p => p.Text, StringComparer.Ordinal);
        Assert.Equal(root.Subcommands.Count(static c => !c.Hidden) + 1, pages.Count);
        foreach (Command verb in root.Subcommands.Where(static c => !c.Hidden))
        {
            Assert.Contains($"bramble\\-{Roff(verb.Name)} (1)", pages["bramble.1"], StringComparison.Ordinal);
            string page = pages[$"bramble-{verb.Name}.1"];
            Assert.StartsWith($".TH BRAMBLE-{verb.Name.ToUpperInvariant()} 1", page, StringComparison.Ordinal);
            foreach (Option option in verb.Subcommands.Append(verb).SelectMany(static c => c.Options).Where(static o => o.Name is not "--help"))
            {
                Assert.Contains(Roff(option.Name), page, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void No_line_of_text_is_taken_for_a_macro()
    {
        string[] macros = ["TH", "SH", "SS", "PP", "TP", "B", "BR", "I", "RI"];
        foreach ((string name, string text) in ManPage.All(RootCommandLine.Create()))
        {
            foreach (string line in text.Split('\n').Where(static l => l.StartsWith('.') || l.StartsWith('\'')))
            {
                Assert.True(macros.Contains(line[1..].Split(' ')[0]), $"{name}: {line}");
            }
        }
    }

    [Fact]
    public void Every_command_says_what_it_is_for()
    {
        foreach (Command command in All(RootCommandLine.Create()))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{command.Name} {o.Name}"));
            Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"{command.Name} {a.Name}"));
        }
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _bramble bramble")]
    [InlineData("zsh", "#compdef bramble")]
    [InlineData("fish", "complete --command bramble")]
    public void Each_shell_asks_the_program_itself(string shell, string line)
    {
        Assert.Contains(line, CompletionCommand.Script(shell), StringComparison.Ordinal);
        Assert.Contains("[suggest:", CompletionCommand.Script(shell), StringComparison.Ordinal);
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static string Roff(string text) => text.Replace("-", "\\-", StringComparison.Ordinal);
}
