package io.holdfast.coordination.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Callbacks;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ListenersTest {

  private static CoordinationEvent event() {
    return new CoordinationEvent.SessionChanged("s", SessionState.ACTIVE);
  }

  @Test
  void tell_listenerFailsWithAnError_othersAndLaterEventsAreTold() throws InterruptedException {
    Listeners listeners = new Listeners(Callbacks.executor());
    CountDownLatch told = new CountDownLatch(2);
    listeners.add(
        event -> {
          throw new AssertionError("thrown on purpose");
        });
    listeners.add(event -> told.countDown());

    listeners.tell(ListenersTest::event);
    listeners.tell(ListenersTest::event);

    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
