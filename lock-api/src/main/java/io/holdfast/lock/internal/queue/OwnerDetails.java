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
 * The details of one acquisition that an inspection of the queue shows.
 *
 * @param purpose the purpose of the acquisition
 * @param trace its trace id
 * @param thread the thread that asked
 * @param party the party for the search for deadlocks: a party that holds one lock and waits for
 *     another in the same session cannot release the first before it gets the second. A trace is
 *     not a party, because its branches run in parallel
 * @param sharedBy for a shared place: an id of those that share it
 * @param kept whether the shared place may be kept without being held
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

  /** For a shared place: the id of those that share it. */
  public static final String SHARED = "shared";

  /** For a shared place: it may be kept without being held. */
  static final String KEPT = "kept";

  private static final int LONGEST = 200;

  /** Control and format characters, surrogates, and line and paragraph separators. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  private static final AtomicLong WISHES = new AtomicLong();

  /**
   * The details of an acquisition by the present thread. Asks for its trace id, which runs foreign
   * code.
   */
  public static OwnerDetails of(LockClaim claim, WaitForm form) {
    return of(claim, form, Thread.currentThread(), claim.traceIds().get().map(OwnerDetails::shown));
  }

  /**
   * The details of an earlier acquisition by {@code thread}; its trace id can no longer be found.
   */
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

  /**
   * True if the place names its party. All places of Holdfast do, and those of no other program.
   */
  public static boolean areOurs(Entry place) {
    return Owner.decode(place.payload())
        .filter(owner -> owner.attributes().containsKey(PARTY))
        .isPresent();
  }

  /** The text without control characters for terminals, for logs and messages. */
  public static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }

  /** The text with control characters for terminals written as {@code \}{@code uXXXX}. */
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

  /**
   * True if the place may be kept without holding the lock; its process then gives it up for a
   * rival.
   */
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
   * The same for a place that other threads may hold after this one.
   *
   * @param by the id of those that share it
   * @param config the settings of the thread that takes it
   */
  public OwnerDetails sharedBy(String by, LockConfig config) {
    return new OwnerDetails(
        purpose, trace, thread, party, Optional.of(by), !config.retention().isZero());
  }

  /** The owner that is stored with the place. */
  public Owner of(Owner process, Session session, Generation generation) {
    return of(process.since(Instant.now()), session.id()).with(GENERATION, generation.toString());
  }

  /** The same for a thread without a place of its own. */
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
