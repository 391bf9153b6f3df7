package io.holdfast.chaos.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A history written down by a test. Times are in nanoseconds. */
public final class HistoryNotes {

  private final List<Event> events = new ArrayList<>();
  private int count;

  /** A granted acquisition of everything that {@code claims} names. */
  public HistoryNotes acquired(
      String process, String hold, String claims, String tokens, long call, long end) {
    Map<String, String> asked = Map.of("hold", hold, "claims", claims);
    String id = begun(process, "lock/a", "acquire", asked, call);
    return ended(Event.Type.OK, id, Map.of("tokens", tokens), end);
  }

  /** A look at a hold that was still there, or was not. */
  public HistoryNotes looked(String process, String hold, long call, long end, Event.Type seen) {
    return ended(
        seen, begun(process, "lock/a", "check", Map.of("hold", hold), call), Map.of(), end);
  }

  /** A release from the last proof on. */
  public HistoryNotes released(String process, String hold, long call, long end) {
    return ended(Event.Type.OK, releaseBegan(process, hold, call), Map.of(), end);
  }

  /** A release that nobody saw return; its id. */
  public String releaseBegan(String process, String hold, long call) {
    return begun(process, "lock/a", "release", Map.of("hold", hold), call);
  }

  /** A write to a register, accepted or refused by its fence. */
  public HistoryNotes wrote(
      String process, String token, String expected, String value, String accepted, long call) {
    Map<String, String> asked = Map.of("token", token, "expected", expected, "value", value);
    String id = begun(process, "register/a", "write", asked, call);
    return ended(Event.Type.OK, id, Map.of("accepted", accepted), call + 5);
  }

  /** A choice among instances, by a client that did or did not believe to be in touch. */
  public HistoryNotes picked(String process, String instance, String live, long call, long end) {
    String id = begun(process, "balancer/a", "pick", Map.of(), call);
    return ended(Event.Type.OK, id, Map.of("id", instance, "live", live), end);
  }

  /** An instance that was registered, drained or deregistered: {@code action} without the -ed. */
  public HistoryNotes served(String process, String action, String instance, long call, long end) {
    Map<String, String> asked = Map.of("id", instance, "sick", "false");
    return ended(Event.Type.OK, begun(process, "registry/svc", action, asked, call), Map.of(), end);
  }

  /** What a view showed from now on. */
  public HistoryNotes saw(String process, long revision, String freshness, String shows, long now) {
    Map<String, String> asked =
        Map.of("revision", Long.toString(revision), "freshness", freshness, "shows", shows);
    return ended(Event.Type.OK, begun(process, "registry/svc", "see", asked, now), Map.of(), now);
  }

  /** Something on {@code key} with what was asked and answered. */
  public HistoryNotes did(
      String process,
      String key,
      String action,
      Map<String, String> asked,
      Map<String, String> answered,
      long now) {
    return ended(Event.Type.OK, begun(process, key, action, asked, now), answered, now);
  }

  /** Something on {@code key} that nobody saw return. */
  public HistoryNotes began(
      String process, String key, String action, Map<String, String> asked, long now) {
    begun(process, key, action, asked, now);
    return this;
  }

  private String begun(
      String process, String key, String action, Map<String, String> values, long nanos) {
    String id = Integer.toString(++count);
    events.add(new Event(Event.Type.INVOKE, id, nanos, process, key, action, values));
    return id;
  }

  private HistoryNotes ended(Event.Type type, String id, Map<String, String> values, long nanos) {
    events.add(new Event(type, id, nanos, "", "", "", values));
    return this;
  }

  /** What was noted. */
  public History history() {
    return new History(Map.of("seed", "7", "backend", "a < b & \"c\""), events);
  }
}
