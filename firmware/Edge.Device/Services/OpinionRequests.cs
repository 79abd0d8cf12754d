using Edge.Assistant.Council;
using Edge.Assistant.Sides;
using Edge.Device.Panel;
using Edge.Inference;
using Edge.Link;
using Edge.Link.Messages;
using Edge.Slots;

namespace Edge.Device.Services;

/// <summary>Questions that want more than one opinion: both sides of a claim, and a council of the models in the slots.</summary>
internal sealed class OpinionRequests(Appliance device)
{
    /// <exception cref="RefusedException">It is asked in a way that this device does not know.</exception>
    public async Task AskAsync(AskRequest request, EventSender events, CancellationToken cancellation)
    {
        Func<
            AskRequest,
            EventSender,
            CancellationToken,
            (DeviceEvent End, string Text, IEnumerable<Citation> Cited)
        > work = request.As switch
        {
            AskRequest.BothSides => BothSides,
            AskRequest.Council => Council,
            _ => throw new RefusedException(
                $"\"{request.As}\" of a question is not something this device knows: update it"
            ),
        };
        if (device.Engine.BusyWith is { } other)
            events.Progress($"waiting: busy with {other}", 0, 0);
        using var turn = await device.Engine.EnterAsync("an answer", cancellation).ConfigureAwait(false);
        device.Show(new PanelEvent.Asked(request.Question));
        try
        {
            var (end, text, cited) = await Task.Run(() => work(request, events, cancellation), CancellationToken.None)
                .ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            device.Show(new PanelEvent.Answered(text, [.. cited.Select(c => $"{c.Note}:{c.FirstLine}")]));
            await events.FinishAsync(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            device.Show(new PanelEvent.Answered("(stopped: the computer left)", []));
            throw;
        }
        catch (Exception e) when (e is not LinkException)
        {
            device.Show(new PanelEvent.Answered("(no answer: " + e.Message + ")", []));
            throw;
        }
    }

    private (DeviceEvent End, string Text, IEnumerable<Citation> Cited) BothSides(
        AskRequest request,
        EventSender events,
        CancellationToken cancellation
    )
    {
        var sides = new SideFinder(device.Vault, device.Index, device.Clock).Find(
            request.Question,
            Growing(events),
            cancellation
        );
        var reply = new SidesReply(request.Question, Cited(sides.For), Cited(sides.Against), sides.Ms);
        return (new DeviceEvent { Sides = reply }, SidesText.Of(sides), reply.For.Concat(reply.Against));
    }

    private (DeviceEvent End, string Text, IEnumerable<Citation> Cited) Council(
        AskRequest request,
        EventSender events,
        CancellationToken cancellation
    )
    {
        try
        {
            var answer = new ModelCouncil(device.Assistant, device.Clock).Ask(
                request.Question,
                Seats(),
                Growing(events),
                new DirectProgress<CouncilStep>(step => events.Progress(step.Stage, step.Done, step.Total)),
                cancellation
            );
            if (answer.Voices.Count > 1)
                device.Models.Confirm();
            var reply = new CouncilReply(
                answer.Text,
                answer.Refused,
                Cited(answer.Citations),
                answer.WrittenBy,
                [.. answer.Voices.Select(v => new Link.Messages.CouncilVoice(v.Model, v.Answer, v.Scores))],
                answer.Remark,
                answer.Ms
            );
            return (new DeviceEvent { Council = reply }, answer.Text, reply.Citations);
        }
        finally
        {
            // Where memory held one model only, the device's own had to leave.
            if (device.Models.Model is null && device.Slots.Active is { State: SlotState.Trial or SlotState.Good })
                device.LoadModel();
        }
    }

    /// <summary>The model in use, and the one in the other slot when it is known to work.</summary>
    private List<CouncilSeat> Seats()
    {
        var inUse = device.Models.Slot;
        return
        [
            .. device
                .Slots.Slots.Where(slot => slot.Id == inUse || slot is { State: SlotState.Good, Active: false })
                .Select(slot => new CouncilSeat(
                    $"slot {slot.Id}",
                    () =>
                        slot.Id == inUse && device.Models.Model is { } loaded ? loaded : device.Models.OpenBeside(slot),
                    Close
                )
                {
                    MayBeMissing = true,
                }),
        ];
    }

    private void Close(ILanguageModel model, bool isOver)
    {
        if (!ReferenceEquals(model, device.Models.Model))
            model.Dispose();
        else if (!isOver)
            device.Models.Unload();
    }

    private Action<string> Growing(EventSender events) =>
        piece =>
        {
            events.Text(piece);
            device.Show(new PanelEvent.AnswerGrew(piece));
        };

    private static List<Citation> Cited(IEnumerable<Assistant.Citation> citations) =>
        [.. citations.Select(c => new Citation(c.Note, c.FirstLine, c.LastLine, c.Quote))];
}
