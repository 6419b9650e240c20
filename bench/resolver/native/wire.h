/* What the generator and the reference daemon share: addresses, netlink messages, sockets. Every failure ends the program with a sentence. */
#ifndef WIRE_H
#define WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAC_LENGTH 6
#define ARP_FRAME 42

/* An IPv4 address as a number, most significant byte first. */
typedef uint32_t ip_t;

static inline void fail(const char *what) {
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static inline void check(int good, const char *what) {
	if (!good) fail(what);
}

/* The MAC of a container that was given none: 02:42 and its IP (core/model/mac.ts). */
static inline void mac_of_ip(ip_t ip, uint8_t *mac) {
	uint32_t bytes = htonl(ip);
	mac[0] = 0x02;
	mac[1] = 0x42;
	memcpy(mac + 2, &bytes, 4);
}

static inline ip_t ip_of(const char *text) {
	struct in_addr address;
	if (inet_pton(AF_INET, text, &address) != 1) {
		fprintf(stderr, "expected an IPv4 address, got %s\n", text);
		exit(1);
	}
	return ntohl(address.s_addr);
}

static inline unsigned index_of(const char *device) {
	unsigned index = if_nametoindex(device);
	check(index != 0, device);
	return index;
}

/* A socket of the calling thread's namespace that hears what the kernel says of neighbours and forwarding entries. */
static inline int open_events(int buffer) {
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1 << (RTNLGRP_NEIGH - 1)};
	check(fd >= 0, "netlink socket");
	check(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) == 0, "SO_RCVBUFFORCE");
	check(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind to the neighbour group");
	return fd;
}

/* A socket that puts frames on a device, and hears those of `protocol`; none when that is zero. */
static inline int open_packets(unsigned device, uint16_t protocol) {
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = (int)device};
	check(fd >= 0, "packet socket");
	check(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind to the device");
	return fd;
}

/* The attributes of a neighbour message that matter here; null where it has none. */
struct entry {
	const struct ndmsg *header;
	const uint8_t *destination;
	const uint8_t *link_address;
};

/* Answers whether the message describes an entry, or the lack of one, of the device. */
static inline int read_entry(const struct nlmsghdr *message, unsigned device, struct entry *entry) {
	const struct ndmsg *header = NLMSG_DATA(message);
	*entry = (struct entry){.header = header};
	if (message->nlmsg_len < NLMSG_LENGTH(sizeof *header) || header->ndm_ifindex != (int)device) return 0;
	int left = (int)message->nlmsg_len - (int)NLMSG_LENGTH(sizeof *header);
	const struct rtattr *attribute = (const void *)((const uint8_t *)header + NLMSG_ALIGN(sizeof *header));
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		if (attribute->rta_type == NDA_DST && RTA_PAYLOAD(attribute) == 4) entry->destination = RTA_DATA(attribute);
		if (attribute->rta_type == NDA_LLADDR && RTA_PAYLOAD(attribute) == MAC_LENGTH)
			entry->link_address = RTA_DATA(attribute);
	}
	return 1;
}

static inline ip_t read_ip(const uint8_t *bytes) {
	uint32_t number;
	memcpy(&number, bytes, sizeof number);
	return ntohl(number);
}

/* An ARP frame from `mac`, which says it is at `ip`, about `target`. */
static inline void arp_frame(uint8_t *frame, uint16_t operation, const uint8_t *mac, ip_t ip, const uint8_t *target_mac,
			     ip_t target) {
	static const uint8_t fixed[] = {0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4, 0};
	uint32_t sender = htonl(ip), asked = htonl(target);
	memset(frame, 0xff, MAC_LENGTH);
	memcpy(frame + 6, mac, MAC_LENGTH);
	memcpy(frame + 12, fixed, sizeof fixed);
	frame[21] = (uint8_t)operation;
	memcpy(frame + 22, mac, MAC_LENGTH);
	memcpy(frame + 28, &sender, 4);
	memcpy(frame + 32, target_mac, MAC_LENGTH);
	memcpy(frame + 38, &asked, 4);
}

#endif
