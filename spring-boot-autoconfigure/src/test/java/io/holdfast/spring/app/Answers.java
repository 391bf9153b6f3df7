package io.holdfast.spring.app;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a {@link TestApplication} answers. */
@RestController
public class Answers {

  /** Requests that were answered. */
  public final AtomicInteger served = new AtomicInteger();

  /** The status of all answers of {@code /work}. */
  public volatile int status = 200;

  @GetMapping("/work")
  ResponseEntity<String> work() {
    served.incrementAndGet();
    return ResponseEntity.status(status).body("done");
  }
}
