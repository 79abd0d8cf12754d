using Edge.Device.Services;
using Edge.Link;

namespace Edge.Firmware;

/// <summary>What the command line asked for, checked.</summary>
internal sealed record EdgedOptions(ApplianceOptions Appliance, LinkAddress Link, bool Simulate);
