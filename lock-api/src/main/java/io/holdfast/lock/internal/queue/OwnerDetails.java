package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.LockConfig;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What one acquisition tells about itself, for those who inspect the queue.
 *
 * @param purpose what it is for
 * @param trace that it belongs to
 * @param thread the one that asked
 * @param party who waits: whoever holds and waits as the same one in the same session cannot let go
 *     of the one before it has got the other. A trace is none: its branches run side by side
 * @param sharedBy of a place that many in a process share: an id of these
 * @param kept whether that place may be kept without being held
 */
public record OwnerDetails(
    Optional<String> purpose,
    Optional<String> trace,
    String thread,
    String party,
    Optional<String> sharedBy,
    boolean kept) {

  /** The attributes of an {@link Owner} at a place. */
  public static final String SESSION = "session";

  public static final String GENERATION = "generation";
  public static final String PURPOSE = "purpose";
  public static final String TRACE = "trace";
  public static final String THREAD = "thread";
  public static final String PARTY = "party";

  /** Of a place that many in a process share: which of them. */
  public static final String SHARED = "shared";

  /** Of such a place: that it may be kept without being held. */
  static final String KEPT = "kept";

  private static final int LONGEST = 200;

  /** Control and format characters, parts of others, and what ends a line or a paragraph. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  private static final AtomicLong WISHES = new AtomicLong();

  /** Of an acquisition by the present thread. Asks for its trace, which is code of others. */
  public static OwnerDetails of(LockClaim claim, WaitForm form) {
    return of(claim, form, Thread.currentThread(), claim.traceIds().get().map(OwnerDetails::shown));
  }

  /** Of an acquisition by {@code thread}, afterwards: its trace cannot be asked for any more. */
  public static OwnerDetails afterwards(LockClaim claim, WaitForm form, Thread thread) {
    return of(claim, form, thread, Optional.empty());
  }

  private static OwnerDetails of(
      LockClaim claim, WaitForm form, Thread thread, Optional<String> trace) {
    String party =
        form == WaitForm.ASYNC ? "wish-" + WISHES.incrementAndGet() : "thread-" + thread.getId();
    return new OwnerDetails(
        claim.config().purpose(), trace, shown(thread.getName()), party, Optional.empty(), false);
  }

  /** True if the place says who waits there, as all of ours do, and no other program's. */
  public static boolean areOurs(Entry place) {
    return Owner.decode(place.payload())
        .filter(owner -> owner.attributes().containsKey(PARTY))
        .isPresent();
  }

  /** The text without what a terminal would obey, for logs and messages. */
  public static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }

  /** The text with what a terminal would obey written as {@code \}{@code uXXXX}. */
  public static String escaped(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(
            match ->
                match
                    .group()
                    .chars()
                    .mapToObj(half -> String.format(Locale.ROOT, "\\\\u%04x", half))
                    .collect(Collectors.joining()));
  }

  /** True if whoever has the place may not hold the lock at all: it gives way to a rival. */
  static boolean mayBeKept(Entry place) {
    return Owner.decode(place.payload())
        .filter(owner -> owner.attributes().containsKey(KEPT))
        .isPresent();
  }

  private static String shown(String text) {
    String plain = printable(text);
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) : plain;
  }

  /**
   * The same for a place that others may come to hold after this one.
   *
   * @param by whom it is shared
   * @param config of the one that takes it
   */
  public OwnerDetails sharedBy(String by, LockConfig config) {
    return new OwnerDetails(
        purpose, trace, thread, party, Optional.of(by), !config.retention().isZero());
  }

  /** As it is kept with the place. */
  public Owner of(Owner process, Session session, Generation generation) {
    return of(process.since(Instant.now()), session.id()).with(GENERATION, generation.toString());
  }

  /** Likewise, of one who has no place of their own. */
  public Owner of(Owner process, String session) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put(SESSION, session);
    attributes.put(THREAD, thread);
    attributes.put(PARTY, party);
    purpose.ifPresent(text -> attributes.put(PURPOSE, text));
    trace.ifPresent(id -> attributes.put(TRACE, id));
    sharedBy.ifPresent(id -> attributes.put(SHARED, id));
    if (kept) {
      attributes.put(KEPT, "true");
    }
    return process.with(attributes);
  }
}
