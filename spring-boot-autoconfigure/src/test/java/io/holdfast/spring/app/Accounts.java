package io.holdfast.spring.app;

import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.GetMapping;

/** The service {@code accounts} by Feign. */
@FeignClient("accounts")
public interface Accounts {

  /** Calls an instance. */
  @GetMapping("/work")
  String work();
}
