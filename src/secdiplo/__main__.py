from secdiplo.cli import main

main()
