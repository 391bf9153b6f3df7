package io.holdfast.etcd.internal.read;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.holdfast.etcd.internal.session.SessionContext;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until one key is absent, or, if it is a place's, not that place any more. In the context.
 */
public final class DeletionWatch implements WatchLoop.Subject {

  private final Reader reader;
  private final ByteSequence key;
  private final OptionalLong created;
  private final Runnable onGone;
  private final WatchLoop watchLoop;

  /**
   * @param created the create_revision of what is to go, if something else may come under its name
   * @param onGone called once, in the context, after the watch is closed
   */
  public DeletionWatch(
      SessionContext scope,
      Reader reader,
      ByteSequence key,
      OptionalLong created,
      Runnable onGone) {
    this.reader = reader;
    this.key = key;
    this.created = created;
    this.onGone = onGone;
    this.watchLoop = new WatchLoop(scope, key, () -> WatchOption.builder().withNoPut(true), this);
  }

  public void start() {
    watchLoop.start();
  }

  public void stop() {
    watchLoop.stop();
  }

  @Override
  public CompletableFuture<Long> look(Reader.Freshness freshness) {
    return reader
        .read(freshness, Reader.Range.nameOnly(key))
        .thenApply(
            result -> {
              if (result.ranges().get(0).getKvs().stream().noneMatch(this::isIt)) {
                gone();
              }
              return result.revision();
            });
  }

  private boolean isIt(KeyValue kv) {
    return created.isEmpty() || kv.getCreateRevision() == created.getAsLong();
  }

  @Override
  public void changed(List<WatchEvent> events, long revision) {
    gone();
  }

  private void gone() {
    watchLoop.stop();
    onGone.run();
  }
}
