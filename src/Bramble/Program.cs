using Bramble.Commands;

return RootCommandLine.Create().Parse(args).Invoke();
