package io.holdfast.chaos.history;

import java.util.Map;

/**
 * Something that a client noted: that it began an operation, or what came of one.
 *
 * @param type what was noted
 * @param id which operation: an invocation and its end have the same, no other has it
 * @param nanos when, on a clock that all who write to one history share
 * @param process who
 * @param key what the operation was on; its first segment names the model, see {@link
 *     Operation#kind}
 * @param action what was done
 * @param values of an invocation what was asked, of its end what was answered
 */
public record Event(
    Type type,
    String id,
    long nanos,
    String process,
    String key,
    String action,
    Map<String, String> values) {

  /** What an event tells of its operation. */
  public enum Type {
    /** It began. */
    INVOKE,
    /** It took effect, with this answer. */
    OK,
    /** It did not take effect and never will. */
    FAIL,
    /** Nobody knows: it may have, or may yet. */
    INFO
  }

  public Event {
    values = Map.copyOf(values);
  }
}
