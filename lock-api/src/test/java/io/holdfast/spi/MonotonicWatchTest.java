package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a view is shown while watches lag and readings settle what is true. */
final class MonotonicWatchTest {

  private static final Key DIRECTORY = Key.of("services");

  private final List<CompletableFuture<Snapshot>> reads = new ArrayList<>();
  private final List<Consumer<Snapshot>> watches = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final List<Long> shown = new ArrayList<>(List.of(10L));
  private final MonotonicWatch watch =
      new MonotonicWatch(
          context(),
          DIRECTORY,
          () -> new Revision(shown.get(shown.size() - 1)),
          () -> Duration.ofMillis(1),
          (from, there) -> shown.add(there.revision().value()));

  private Context context() {
    return fake(
        Context.class,
        (name, arguments) -> {
          timers.add((Runnable) arguments[1]);
          return (Runnable) () -> {};
        });
  }

  @SuppressWarnings("unchecked")
  private Session session() {
    return fake(
        Session.class,
        (name, arguments) -> {
          if (name.equals("watch")) {
            watches.add((Consumer<Snapshot>) arguments[1]);
            return (Watch) () -> {};
          }
          CompletableFuture<Snapshot> read = new CompletableFuture<>();
          reads.add(read);
          return read;
        });
  }

  private interface Call {
    Object of(String name, Object[] arguments);
  }

  private static <T> T fake(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call.of(method.getName(), arguments)));
  }

  private static Snapshot at(long revision) {
    return new Snapshot(DIRECTORY, new Revision(revision), List.of());
  }

  @Test
  void heard_older_isSettledByAReading() {
    watch.watch(session());
    watches.get(0).accept(at(5));
    watches.get(0).accept(at(6));
    assertThat(shown).containsExactly(10L);
    assertThat(reads).hasSize(1);

    reads.get(0).completeExceptionally(new IllegalStateException("away"));
    timers.remove(0).run();
    reads.get(1).complete(at(3));

    assertThat(shown).containsExactly(10L, 3L);
  }

  @Test
  void reading_ofWhatIsSettledSince_isPassedOver() {
    watch.watch(session());
    watches.get(0).accept(at(5));
    watches.get(0).accept(at(12));
    // The directory vanishes, together with its revision, before the first reading is answered.
    watches.get(0).accept(at(1));
    assertThat(reads).hasSize(2);

    reads.get(0).complete(at(12));
    reads.get(1).complete(at(2));

    assertThat(shown).containsExactly(10L, 12L, 2L);
  }

  @Test
  void passOver_readingUnderWay_isPassedOver() {
    watch.watch(session());
    watches.get(0).accept(at(5));

    watch.passOver();
    reads.get(0).complete(at(5));
    watches.get(0).accept(at(20));

    assertThat(shown).containsExactly(10L);
  }
}
