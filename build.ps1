# Each line can be typed by hand, in this order. .ci/run does the same and more.
dotnet tool restore
dotnet build Edge.sln -c Release
dotnet csharpier check .
dotnet test Edge.sln
dotnet run --project host-tools/Edge.Cli -c Release -- demo
dotnet publish firmware/Edge.Firmware -c Release -r linux-x64
dotnet publish firmware/Edge.Firmware -c Release -r linux-arm64
dotnet publish host-tools/Edge.Cli -c Release -r linux-x64
dotnet publish host-tools/Edge.Cli -c Release -r linux-arm64
dotnet run --project tests/Edge.Benchmarks -c Release -- gate
