package io.holdfast.config;

import io.holdfast.spi.ChecksummedFile;
import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one view's file up to date, in the background and at most once a second. Only what is
 * {@link ConfigFreshness#LIVE} is kept. What goes wrong is logged and costs the file only.
 */
final class ViewFile {

  private static final Logger LOG = LoggerFactory.getLogger(ViewFile.class);
  private static final Duration SETTLE = Duration.ofSeconds(1);

  private final Context context;
  private final String group;
  private final ChecksummedFile file;

  /** What is to be written and has not been taken yet. */
  private final AtomicReference<@Nullable ConfigSnapshot> due = new AtomicReference<>();

  /** What was asked to be written last. Used in the context only. */
  private Map<String, ConfigVersion> kept = Map.of();

  private boolean any;

  ViewFile(Context context, Path folder, String group) {
    this.context = context;
    this.group = group;
    this.file =
        new ChecksummedFile(
            folder.resolve(fileName(group)), SnapshotCodec.FORMAT, SnapshotCodec.LARGEST);
  }

  /** Capitals get a {@code +} before them, for file systems that ignore case. */
  private static String fileName(String group) {
    return group.replaceAll("([A-Z])", "+$1").toLowerCase(Locale.ROOT) + ".config";
  }

  /** What an earlier run has left; empty if there is nothing, or nothing that can be trusted. */
  Optional<ConfigSnapshot> read(KeyRing keys) {
    try {
      Optional<byte[]> body = file.read();
      return body.isEmpty()
          ? Optional.empty()
          : Optional.of(SnapshotCodec.decode(group, body.get(), keys));
    } catch (IOException e) {
      LOG.warn("not using {}: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** To be called in the context. */
  void shown(ConfigSnapshot snapshot) {
    if (snapshot.freshness() != ConfigFreshness.LIVE || (any && snapshot.settings().equals(kept))) {
      return;
    }
    any = true;
    kept = snapshot.settings();
    if (due.getAndSet(snapshot) == null) {
      context.schedule(SETTLE, () -> DaemonThread.start("holdfast-config-disk", this::flush));
    }
  }

  /** Writes what is due. Blocks for the disk; any thread may call. */
  void flush() {
    synchronized (file) {
      ConfigSnapshot latest = due.getAndSet(null);
      if (latest != null) {
        try {
          file.replace(SnapshotCodec.encode(latest));
        } catch (IOException e) {
          LOG.warn("cannot write {}: {}", file, e.toString());
        }
      }
    }
  }
}
