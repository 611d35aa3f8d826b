# make test: the tests. It needs the Swift toolchain.
.PHONY: test
test:
	swift test
