using System.CommandLine;

namespace Bramble.Commands;

/// <summary><c>bramble completion bash|zsh|fish</c>: scripts that let a shell ask <c>bramble</c> itself what comes next, so that they never fall behind it.</summary>
internal static class CompletionCommand
{
    // System.CommandLine answers [suggest:POSITION] with one proposal a line, for the line up to that position.
    private const string Bash = """
        # bash completion of bramble
        _bramble() {
            local line=${COMP_LINE:0:COMP_POINT} word proposals
            proposals=$(bramble "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null) || return
            word=${line##*[[:space:]]}
            mapfile -t COMPREPLY < <(compgen -W "$proposals" -- "$word")
            # bash takes @, : and = for the end of a word, and puts a proposal behind the last of them.
            COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[@:=]}"}"}")
        }
        complete -o default -F _bramble bramble

        """;

    private const string Zsh = """
        #compdef bramble
        local -a proposals
        proposals=("${(@f)$(bramble "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
        if [[ -n $proposals[1] ]]; then compadd -a proposals; else _files; fi

        """;

    private const string Fish = """
        # fish completion of bramble
        function __bramble_proposals
            set --local line (commandline --current-process --cut-at-cursor)
            bramble "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
        end
        complete --command bramble --arguments '(__bramble_proposals)'

        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints the completion script of a shell.") { shell };
        command.Hidden = true;
        command.SetAction(result =>
        {
            Console.Out.Write(Script(result.GetRequiredValue(shell)));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The script of a shell.</summary>
    internal static string Script(string shell) => shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
}
