package io.holdfast.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.ServiceView;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds up everybody whom the registry of a view tells of changes, from the first on. */
final class Held implements AutoCloseable {
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final Runnable stop;

  Held(ServiceView view) {
    stop =
        view.onChange(
            change -> {
              called.countDown();
              awaitUninterrupted(released);
            });
  }

  void awaitCalled() throws InterruptedException {
    assertThat(called.await(DrainContract.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(DrainContract.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop.run();
    released.countDown();
  }
}
