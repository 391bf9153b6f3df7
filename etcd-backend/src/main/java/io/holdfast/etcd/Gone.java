package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Waits until one key is absent. In the context. */
final class Gone implements Follow.Subject {

  private final Reader reader;
  private final ByteSequence key;
  private final Runnable onGone;
  private final Follow follow;

  /**
   * @param onGone called once, in the context, after the watch is closed
   */
  Gone(Scope scope, Reader reader, ByteSequence key, Runnable onGone) {
    this.reader = reader;
    this.key = key;
    this.onGone = onGone;
    this.follow = new Follow(scope, key, () -> WatchOption.builder().withNoPut(true), this);
  }

  void start() {
    follow.start();
  }

  void stop() {
    follow.stop();
  }

  @Override
  public CompletableFuture<Long> look(Reader.Freshness freshness) {
    return reader
        .read(freshness, Reader.Range.nameOnly(key))
        .thenApply(
            result -> {
              if (result.ranges().get(0).isEmpty()) {
                gone();
              }
              return result.revision();
            });
  }

  @Override
  public void changed(List<WatchEvent> events, long revision) {
    gone();
  }

  private void gone() {
    follow.stop();
    onGone.run();
  }
}
