using System.CommandLine;
using Bramble.VirtualPi.Cli;

var root = new RootCommand("A Raspberry Pi on the wire: boots from the network as the board's own firmware does, and checks every octet.");
new BootCommand().AddTo(root);
new ReplayCommand().AddTo(root);
new StormCommand().AddTo(root);
return await root.Parse(args).InvokeAsync();
