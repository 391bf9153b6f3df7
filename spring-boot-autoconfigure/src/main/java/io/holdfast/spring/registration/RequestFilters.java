package io.holdfast.spring.registration;

import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebFilter;

/** Notes each request that arrives, before all other filters. */
@Configuration(proxyBeanMethods = false)
final class RequestFilters {

  @Bean
  RequestActivity holdfastRequestActivity() {
    return new RequestActivity();
  }

  /** For Spring MVC and other servlets. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Filter.class, FilterRegistrationBean.class})
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static final class Servlets {

    @Bean
    FilterRegistrationBean<Filter> holdfastRequestFilter(RequestActivity activity) {
      FilterRegistrationBean<Filter> registered =
          new FilterRegistrationBean<>(
              (request, response, chain) -> {
                activity.arrived();
                chain.doFilter(request, response);
              });
      registered.setOrder(Ordered.HIGHEST_PRECEDENCE);
      registered.setAsyncSupported(true);
      return registered;
    }
  }

  /** For Spring WebFlux. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(WebFilter.class)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static final class Reactive {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    WebFilter holdfastRequestFilter(RequestActivity activity) {
      return (exchange, chain) -> {
        activity.arrived();
        return chain.filter(exchange);
      };
    }
  }
}
