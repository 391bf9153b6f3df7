package samples.spring.orders;

import io.holdfast.fence.FenceHeader;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;

/** An order debits an account, under the lock of that account. */
@RestController
class Orders {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Locks locks;
  private final RestClient accounts;

  Orders(Locks locks, RestClient.Builder clients) {
    this.locks = locks;
    this.accounts = clients.build();
  }

  /**
   * Places an order.
   *
   * @return the balance after it, in cents
   */
  @PostMapping("/orders")
  String order(@RequestParam String account, @RequestParam long cents) throws InterruptedException {
    LockName name = new LockName("account/" + account);
    try (LockGrant grant =
        locks
            .lock(name.text())
            .exclusive()
            .tryAcquire(PATIENCE)
            .orElseThrow(
                () -> new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "busy"))) {
      String balance =
          accounts
              .post()
              .uri("http://accounts/accounts/{account}/debits?cents={cents}", account, cents)
              .header(FenceHeader.NAME, new FenceHeader(name, grant.token()).value())
              .retrieve()
              .body(String.class);
      return String.valueOf(balance);
    }
  }
}
