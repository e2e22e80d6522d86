using System.CommandLine;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Panel;
using Bramble.Panel.Drawing;
using Bramble.Panel.Leds;

namespace Bramble.Commands;

/// <summary><c>bramble panel</c>: the front panel in the terminal, or as a picture.</summary>
internal static class PanelCommand
{
    private static readonly TimeSpan s_shortPress = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan s_longPress = TimeSpan.FromMilliseconds(1300);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var png = new Option<string?>("--png") { Description = "Write what the panel shows to this file, as a PNG picture, and end.", HelpName = "FILE" };
        var scale = new Option<int>("--scale") { Description = "Pixels of the picture for each of the panel, 1 to 16.", DefaultValueFactory = _ => 4, HelpName = "N" };
        scale.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 16)
            {
                result.AddError("--scale takes a number from 1 to 16.");
            }
        });
        var command = new Command("panel", "Shows the front panel, also where there is none; keys press its button.") { png, scale, CardCommand() };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var panel = new PanelBusProxy(bus);
            if (result.GetValue(png) is { } file)
            {
                PanelSnapshot seen = await panel.LookAsync(cancellation);
                byte[] picture = PngImage.Encode(Canvas.FromBits(seen.Width, seen.Height, seen.Bits), result.GetValue(scale));
                try
                {
                    await File.WriteAllBytesAsync(file, picture, cancellation);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new BusException(BusErrors.Failed, $"{file} cannot be written: {e.Message}");
                }

                return;
            }

            if (Console.IsOutputRedirected || Console.IsInputRedirected)
            {
                Console.Out.Write(string.Join('\n', PanelView.Draw(await panel.LookAsync(cancellation), PanelView.WidthOf(half: true))));
                return;
            }

            await LiveAsync(bus, panel, cancellation);
        }));
        return command;
    }

    private static Command CardCommand()
    {
        var card = new Command("card", "Prints a card to lay beside the box: LED rhythms and the button, as an SVG picture.");
        card.SetAction(_ => Console.Out.Write(LedCard.Svg()));
        return card;
    }

    private static async Task LiveAsync(IBusConnection bus, PanelBusProxy panel, CancellationToken cancellation)
    {
        // The other screen of the terminal, without a cursor; both are given back at the end.
        Console.Out.Write("\u001b[?1049h\u001b[?25l\u001b[2J");
        bool held = false;
        try
        {
            while (!cancellation.IsCancellationRequested && !bus.Closed.IsCompleted)
            {
                Console.Out.Write("\u001b[H" + string.Join("\u001b[K\r\n", PanelView.Draw(await panel.LookAsync(cancellation), WindowWidth())) + "\u001b[K\u001b[J");
                if (!Console.KeyAvailable)
                {
                    await Task.Delay(s_look, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    continue;
                }

                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                switch (key.Key)
                {
                    case ConsoleKey.Q or ConsoleKey.Escape:
                        return;
                    case ConsoleKey.Spacebar or ConsoleKey.Enter or ConsoleKey.N when !held:
                        await PressAsync(panel, s_shortPress, cancellation);
                        break;
                    case ConsoleKey.P when !held:
                        await PressAsync(panel, s_longPress, cancellation);
                        break;
                    case ConsoleKey.H:
                        held = !held;
                        await panel.ButtonAsync(held, cancellation);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is a way to leave.
        }
        finally
        {
            Console.Out.Write("\u001b[?25h\u001b[?1049l");
        }
    }

    private static async Task PressAsync(PanelBusProxy panel, TimeSpan length, CancellationToken cancellation)
    {
        await panel.ButtonAsync(down: true, cancellation);
        await Task.Delay(length, cancellation);
        await panel.ButtonAsync(down: false, cancellation);
        // Until the release counts.
        await Task.Delay(s_look / 2, cancellation);
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return PanelView.WidthOf(half: false);
        }
    }
}
