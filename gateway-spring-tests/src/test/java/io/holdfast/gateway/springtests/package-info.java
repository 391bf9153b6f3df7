/** The gateway's doors with the real clients of Spring Cloud, and beside a real Eureka server. */
@NullMarked
package io.holdfast.gateway.springtests;

import org.jspecify.annotations.NullMarked;
