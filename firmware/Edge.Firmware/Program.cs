using Edge.Firmware;

return await EdgedCommand.RunAsync(args, Console.Out, Console.Error);
